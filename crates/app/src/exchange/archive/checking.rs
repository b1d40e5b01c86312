//! `jianjia verify --archive`: an archive against itself, without a database. Every file against its checksum, every line against its schema, the trail against
//! its seals, every judgement made again by the archived standard, polls counted again, the sample drawn again, and the figures counted again.

mod records;
mod shape;
mod trail;

use std::{
    collections::BTreeMap,
    fs::File,
    io::{BufRead, BufReader, Read},
    path::Path,
};

use anyhow::{Context, Result, bail, ensure};
use jianjia_standard::Standard;
use jianjia_store::core::standard::StandardTexts;
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};
use zip::ZipArchive;

use self::{records::Records, shape::Shape};
use super::{
    FORMAT, VERSION,
    bundle::{SIGNATURE, SUMS, signature_file},
    certificates::{FOLDER, KEYS, STATUS_LIST, TOKENS},
    figures,
};
use crate::{
    core::{head::is_text_signed, standard},
    honour::certificate::token::{self, Keys},
};

/// What was checked and what is wrong; no faults means that all is well.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Checked {
    pub year: i16,
    pub city: String,
    pub files: usize,
    pub lines: i64,
    pub judgements: i64,
    pub polls: usize,
    /// Certificates whose tokens were verified.
    pub certificates: usize,
    pub trail: i64,
    pub seals: i64,
    /// The hash of the newest seal in it; empty where there is none.
    pub head: String,
    /// The public key that signed the checksums; empty where nobody did. Whose it is, the reader has to know.
    pub key: String,
    /// The first of what is wrong, each a sentence with its place.
    pub faults: Vec<String>,
    /// How many more there are.
    pub more_faults: usize,
}

/// So many faults are told.
const FIRST: usize = 50;

/// No line and no text that the program writes is longer.
const LONGEST: u64 = 64 * 1024 * 1024;

/// What is wrong, as far as it is told.
#[derive(Default)]
struct Faults {
    told: Vec<String>,
    more: usize,
}

impl Faults {
    fn add(&mut self, sentence: impl Into<String>) {
        if self.told.len() < FIRST {
            self.told.push(sentence.into());
        } else {
            self.more += 1;
        }
    }
}

/// An archive that is being checked.
struct Archive {
    zip: ZipArchive<BufReader<File>>,
    faults: Faults,
}

/// Checks an archive; files are read as streams, so that the memory that it takes stays small.
///
/// # Errors
/// When it is no archive of this program, or of a later version's form.
pub fn check(source: &Path) -> Result<Checked> {
    let told = || format!("{} is no archive of a round", source.display());
    let file = File::open(source).with_context(|| format!("{} can't be read", source.display()))?;
    let mut archive = Archive {
        zip: ZipArchive::new(BufReader::new(file)).with_context(told)?,
        faults: Faults::default(),
    };
    ensure!(
        !archive.zip.has_duplicate_names(),
        "{} has files of one name: which one is read depends on the reader, so it is not what the program wrote",
        source.display()
    );
    let about = archive.text("archive.json").with_context(told)?;
    let about: Value = serde_json::from_str(&about).with_context(told)?;
    ensure!(about["format"] == FORMAT, "{}", told());
    let Some(version) = about["version"].as_i64() else {
        bail!("{}", told());
    };
    ensure!(
        version <= VERSION,
        "{} is an archive of a later version's form: check it with that version, or by its README.txt",
        source.display()
    );
    let year = about["year"].as_i64().and_then(|year| year.try_into().ok());
    let mut checked = Checked {
        year: year.with_context(told)?,
        city: about["city"]["name"]
            .as_str()
            .unwrap_or_default()
            .to_owned(),
        ..Checked::default()
    };
    let sums = archive.sums(&mut checked)?;
    let standards = archive.standards(&sums);
    let mut records = Records::default();
    archive.lines(&sums, &standards, &mut records);
    trail::check(&mut archive, &mut checked);
    archive.recounts(&sums, &standards, &records, &mut checked);
    archive.certificates(&sums, &records, &mut checked);
    archive.draw(&records);
    archive.publications(&sums, &records);
    let version = about["standard"]["version"].as_str().unwrap_or_default();
    match standards.get(version) {
        Some(standard) => archive.figures(standard, &records, checked.year),
        None => archive.faults.add(format!(
            "档案里没有当年的标准（版本 {version}），无法重新计算目标进度。"
        )),
    }
    checked.lines = records.lines;
    checked.judgements = records.judgements;
    checked.faults = archive.faults.told;
    checked.more_faults = archive.faults.more;
    Ok(checked)
}

impl Archive {
    /// Compares every file with the list of checksums, and the list with its signature; gives the list.
    fn sums(&mut self, checked: &mut Checked) -> Result<BTreeMap<String, String>> {
        let list = self.text(SUMS).context("the list of checksums")?;
        let mut sums = BTreeMap::new();
        for (number, line) in list.lines().enumerate() {
            match line.split_once("  ") {
                Some((sum, name)) => {
                    sums.insert(name.to_owned(), sum.to_owned());
                }
                None => self.faults.add(format!(
                    "{SUMS} 第 {} 行不是“校验值 两个空格 文件名”。",
                    number + 1
                )),
            }
        }
        let names = self.zip.file_names();
        let names: Vec<String> = names
            .map(|name| Ok(name?.into_owned()))
            .collect::<Result<_>>()
            .context("the names of the files")?;
        for name in &names {
            if name != SUMS && name != SIGNATURE && !sums.contains_key(name) {
                self.faults
                    .add(format!("文件 {name} 不在 {SUMS} 里：它是后来添加的。"));
            }
        }
        for (name, sum) in &sums {
            if !names.contains(name) {
                self.faults.add(format!("文件 {name} 不见了。"));
                continue;
            }
            checked.files += 1;
            match self.hash(name) {
                Ok(found) if found == *sum => {}
                Ok(_) => self
                    .faults
                    .add(format!("文件 {name} 被改动：与它的校验值不符。")),
                Err(error) => self
                    .faults
                    .add(format!("文件 {name} 读不出来，已经损坏：{error:#}。")),
            }
        }
        if names.iter().any(|name| name == SIGNATURE) {
            let text = self.text(SIGNATURE).unwrap_or_default();
            let found: Value = serde_json::from_str(&text).unwrap_or_default();
            let part = |name: &str| found[name].as_str().unwrap_or_default();
            let (key, signature) = (part("key"), part("signature"));
            // Byte for byte, since no checksum covers it.
            let is_whole = text.as_bytes() == signature_file(key, signature);
            if !is_whole || !is_text_signed(list.as_bytes(), key, signature) {
                self.faults
                    .add(format!("{SUMS} 与它的签名不符：文件清单或签名被改动。"));
            }
            checked.key = key.to_owned();
        }
        Ok(sums)
    }

    /// The standards by version. One whose texts are not what their folder says is a fault and is left out.
    fn standards(&mut self, sums: &BTreeMap<String, String>) -> BTreeMap<String, Standard> {
        let mut standards = BTreeMap::new();
        for name in sums.keys() {
            let version = name
                .strip_prefix("standard/")
                .and_then(|name| name.strip_suffix("/standard.toml"));
            let Some(version) = version else { continue };
            match self.standard(version) {
                Ok(standard) if standard.version == version => {
                    standards.insert(version.to_owned(), standard);
                }
                Ok(_) => self
                    .faults
                    .add(format!("标准 {version} 的原文与它的版本号不符。")),
                Err(error) => self
                    .faults
                    .add(format!("标准 {version} 读不出来：{error:#}。")),
            }
        }
        standards
    }

    fn standard(&mut self, version: &str) -> Result<Standard> {
        let texts = StandardTexts {
            standard_toml: self.text(&format!("standard/{version}/standard.toml"))?,
            facts_toml: self.text(&format!("standard/{version}/facts.toml"))?,
        };
        standard::load(&texts)
    }

    /// Reads the lines of every noun: each has to be what its schema says.
    fn lines(
        &mut self,
        sums: &BTreeMap<String, String>,
        standards: &BTreeMap<String, Standard>,
        records: &mut Records,
    ) {
        for name in sums.keys() {
            let noun = name
                .strip_prefix("data/")
                .and_then(|name| name.strip_suffix(".jsonl"));
            let Some(noun) = noun else { continue };
            let Some(shape) = self.shape(noun) else {
                continue;
            };
            records.begin(noun);
            self.each_line(name, &shape, |line, place, faults| {
                records.take(noun, &line, place, standards, faults);
            });
        }
    }

    /// The schema of a noun's lines; one that is missing or can't be read is a fault.
    fn shape(&mut self, noun: &str) -> Option<Shape> {
        let name = format!("schema/{noun}.schema.json");
        let schema = self.text(&name).ok();
        let shape = schema.and_then(|schema| Shape::read(&serde_json::from_str(&schema).ok()?));
        if shape.is_none() {
            self.faults
                .add(format!("{name} 没有或者读不出来，无法核对 {noun} 的各行。"));
        }
        shape
    }

    /// Verifies every certificate by the archived keys, as anybody would without a network, and compares it with its title.
    fn certificates(
        &mut self,
        sums: &BTreeMap<String, String>,
        records: &Records,
        checked: &mut Checked,
    ) {
        if !sums.contains_key(TOKENS) {
            return;
        }
        let keys = self.text(KEYS).and_then(|text| Keys::read(&text));
        let (Ok(keys), Some(shape)) = (keys, self.shape("certificate-token")) else {
            self.faults
                .add(format!("{KEYS} 没有或者读不出来，无法核实证书。"));
            return;
        };
        let list = self.text(STATUS_LIST).unwrap_or_default();
        if token::list(&keys, &list).is_err() {
            self.faults
                .add(format!("{STATUS_LIST} 与它的签名不符，或者已经不见。"));
        }
        // Without papers, or without an address for the codes, there are tokens alone.
        let has_papers = sums.keys().any(|name| name.starts_with(FOLDER));
        self.each_line(TOKENS, &shape, |line, place, faults| {
            checked.certificates += 1;
            let text = |name: &str| line[name].as_str().unwrap_or_default();
            let said = text("token");
            let is_genuine = token::certificate(&keys, said)
                .is_ok_and(|(_, claims)| line["number"] == claims.number);
            if !is_genuine {
                faults.add(format!("{place}：证书与它的签名不符，或者不是这个编号的。"));
            }
            let (id, number) = (text("honour_id"), text("number"));
            if !records.is_title(id, number) {
                faults.add(format!(
                    "{place}：data/honour.jsonl 里没有编号为 {number} 的称号 {id}。"
                ));
            }
            let paper = text("paper");
            if has_papers && !sums.contains_key(paper) {
                faults.add(format!("{place}：证书所在的文件 {paper} 不在档案里。"));
            }
        });
    }

    fn figures(&mut self, standard: &Standard, records: &Records, year: i16) {
        let kept = self.text("figures.json").unwrap_or_default();
        let kept: Value = serde_json::from_str(&kept).unwrap_or_default();
        let counted = records.counting.figures(standard, year);
        for difference in figures::differences(&kept, &counted) {
            self.faults.add(difference);
        }
    }

    /// Calls `each` with every line of a file that is as its shape says, and with its place.
    fn each_line(
        &mut self,
        name: &str,
        shape: &Shape,
        mut each: impl FnMut(Map<String, Value>, &str, &mut Faults),
    ) {
        let Archive { zip, faults } = self;
        let mut number = 0;
        let done = each_text_line(zip, name, |text| {
            number += 1;
            let place = format!("{name} 第 {number} 行");
            match serde_json::from_str::<Value>(text) {
                Ok(Value::Object(line)) => match shape.fault(&line) {
                    None => each(line, &place, faults),
                    Some(fault) => faults.add(format!("{place}：{fault}。")),
                },
                Ok(_) => faults.add(format!("{place}：不是一个 JSON 对象。")),
                Err(error) => faults.add(format!("{place}：不是 JSON（{error}）。")),
            }
        });
        if let Err(error) = done {
            faults.add(format!("{name} 没有读完：{error:#}。"));
        }
    }

    /// A small file as text.
    fn text(&mut self, name: &str) -> Result<String> {
        let entry = self.zip.by_name(name).with_context(|| name.to_owned())?;
        let mut text = String::new();
        let read = entry.take(LONGEST + 1).read_to_string(&mut text);
        let read = read.with_context(|| name.to_owned())?;
        ensure!(read as u64 <= LONGEST, "{name} is too long");
        Ok(text)
    }

    /// SHA-256 of a file.
    fn hash(&mut self, name: &str) -> Result<String> {
        let mut entry = self.zip.by_name(name)?;
        let mut hash = Sha256::new();
        let mut part = vec![0; 64 * 1024];
        loop {
            let read = entry.read(&mut part)?;
            if read == 0 {
                return Ok(hex::encode(hash.finalize()));
            }
            hash.update(&part[..read]);
        }
    }
}

/// Calls `each` with every line of a text, without its end.
fn each_text_line(
    zip: &mut ZipArchive<BufReader<File>>,
    name: &str,
    mut each: impl FnMut(&str),
) -> Result<()> {
    let mut reader = BufReader::new(zip.by_name(name)?);
    let mut line = Vec::new();
    loop {
        line.clear();
        let read = (&mut reader).take(LONGEST).read_until(b'\n', &mut line)?;
        if read == 0 {
            return Ok(());
        }
        ensure!(
            line.pop() == Some(b'\n'),
            "the last line is cut off, or too long"
        );
        each(std::str::from_utf8(&line)?.trim_end_matches('\r'));
    }
}
