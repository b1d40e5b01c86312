//! What the lines of an archive say, made again: judgements as they are read; polls, the sample and the public notices once all lines are known.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, Result};
use jianjia_domain::{
    check::draw::{self, Drawn},
    honour::honour::HonourSource,
    rating::poll::{
        self,
        counting::{self, ClosingRecord},
    },
    year::assessment::{self, KeptJudgement},
};
use jianjia_standard::{Standard, text::Lang};
use jianjia_store::core::file::content_hash;
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

use super::{Archive, Checked, Faults, each_text_line};
use crate::{exchange::archive::figures::Counting, rating::poll::recount::hashed_line};

/// What of the lines is needed once all are read.
#[derive(Default)]
pub(super) struct Records {
    pub(super) counting: Counting,
    pub(super) lines: i64,
    pub(super) judgements: i64,
    /// Polls that are counted, by id: the version of their standard and the closing record.
    polls: BTreeMap<String, (String, ClosingRecord)>,
    /// The year's rating by the poll that it comes from: the roll and the answers.
    ratings: BTreeMap<String, (Value, Value)>,
    /// The check, its frame's hash and its seed.
    check: Option<(String, String, Option<String>)>,
    /// What was drawn, by the check.
    drawn: Vec<(String, Drawn)>,
    /// Public notices with their hashes.
    publications: BTreeMap<String, String>,
    /// Titles that were named, with their numbers.
    titles: BTreeMap<String, String>,
}

impl Records {
    /// A noun of which there may be no line.
    pub(super) fn begin(&mut self, noun: &str) {
        self.counting.begin(noun);
    }

    /// A line that is as its schema says.
    pub(super) fn take(
        &mut self,
        noun: &str,
        line: &Map<String, Value>,
        place: &str,
        standards: &BTreeMap<String, Standard>,
        faults: &mut Faults,
    ) {
        self.lines += 1;
        self.counting.add(noun, line);
        let text = |name: &str| line.get(name).and_then(Value::as_str).unwrap_or_default();
        let number = |name: &str| line.get(name).and_then(Value::as_u64).unwrap_or_default();
        match noun {
            "judgement" => {
                self.judgements += 1;
                match kept_of(line) {
                    Ok(kept) => match standards.get(&kept.standard_hash) {
                        Some(standard) => {
                            let again = assessment::recompute(Some(standard), &kept);
                            if let Some(fault) = again.fault(&kept, Lang::Zh) {
                                faults.add(format!("{place}：{fault}"));
                            }
                        }
                        None => faults.add(format!(
                            "{place}：判定 {} 所用的标准（版本 {}）不在档案里，或者读不出来，无法重算。",
                            kept.id, kept.standard_hash
                        )),
                    },
                    Err(error) => faults.add(format!(
                        "{place}：判定 {} 的内容读不出来（{error:#}），无法重算。",
                        text("id")
                    )),
                }
            }
            "poll" if ["counted", "signed"].contains(&text("state")) => {
                let record = line.get("record").cloned().unwrap_or_default();
                match serde_json::from_value(record) {
                    Ok(record) => {
                        let poll = (text("standard").to_owned(), record);
                        self.polls.insert(text("id").to_owned(), poll);
                    }
                    Err(error) => faults.add(format!("{place}：计票记录读不出来（{error}）。")),
                }
            }
            "rating" => {
                let part = |name: &str| line.get(name).cloned().unwrap_or_default();
                let rating = (part("roll"), part("answers"));
                self.ratings.insert(text("note").to_owned(), rating);
            }
            "spot-check" => {
                let seed = line.get("seed").and_then(Value::as_str).map(str::to_owned);
                let check = (text("id").to_owned(), text("frame_hash").to_owned(), seed);
                self.check = Some(check);
            }
            "visit" => {
                let drawn = Drawn {
                    stratum: text("stratum").to_owned(),
                    place: number("place"),
                    ticket: text("ticket").to_owned(),
                    unit: text("entry_id").to_owned(),
                };
                self.drawn.push((text("spot_check_id").to_owned(), drawn));
            }
            "publication" => {
                let hash = text("hash").to_owned();
                self.publications.insert(text("id").to_owned(), hash);
            }
            "honour" if text("source") == HonourSource::Named.key() => {
                let number = text("number").to_owned();
                self.titles.insert(text("id").to_owned(), number);
            }
            _ => {}
        }
    }

    /// Whether a title was named with this number.
    pub(super) fn is_title(&self, id: &str, number: &str) -> bool {
        self.titles.get(id).is_some_and(|known| known == number)
    }
}

impl Archive {
    /// Counts every poll again from its recount file.
    pub(super) fn recounts(
        &mut self,
        sums: &BTreeMap<String, String>,
        standards: &BTreeMap<String, Standard>,
        records: &Records,
        checked: &mut Checked,
    ) {
        let mut files: BTreeSet<&str> = sums
            .keys()
            .filter_map(|name| name.strip_prefix("recount/")?.strip_suffix(".csv"))
            .collect();
        for (id, (version, record)) in &records.polls {
            let Some(standard) = standards.get(version) else {
                self.faults.add(format!(
                    "测评 {id} 所用的标准（版本 {version}）不在档案里，或者读不出来，无法重新计票。"
                ));
                continue;
            };
            let Ok(rules) = poll::rules(standard) else {
                self.faults.add(format!(
                    "测评 {id} 所用的标准（版本 {version}）没有测评规则，无法重新计票。"
                ));
                continue;
            };
            let is_shown = !record.is_withheld()
                && counting::may_show(rules, record.phone + record.kiosk, record.paper);
            if !is_shown {
                continue;
            }
            checked.polls += 1;
            if !files.remove(id.as_str()) {
                self.faults
                    .add(format!("测评 {id} 的复核文件 recount/{id}.csv 不见了。"));
                continue;
            }
            let tallied = content_hash(&counting::recount_bytes(&record.tallies));
            match self.counted_hash(id) {
                Ok(hash) if hash == record.ballots_hash && hash == tallied => {}
                Ok(_) => self.faults.add(format!(
                    "recount/{id}.csv 重新计票的结果与测评 {id} 的计票记录不同。"
                )),
                Err(error) => self
                    .faults
                    .add(format!("recount/{id}.csv 读不出来：{error:#}。")),
            }
            if let Some((roll, answers)) = records.ratings.get(id) {
                let counted = counting::rating(rules, record);
                let is_it = counted.is_some_and(|counted| {
                    *roll == counted.roll
                        && serde_json::to_value(&counted.answers).ok().as_ref() == Some(answers)
                });
                if !is_it {
                    self.faults
                        .add(format!("年度满意度与测评 {id} 的计票记录不同。"));
                }
            }
        }
        for id in files {
            self.faults.add(format!(
                "recount/{id}.csv 不属于档案里任何一次已计票的测评。"
            ));
        }
    }

    /// The hash of the answers in a recount file.
    fn counted_hash(&mut self, id: &str) -> Result<String> {
        let mut hash = Sha256::new();
        let (mut is_heading, mut is_read) = (true, true);
        each_text_line(&mut self.zip, &format!("recount/{id}.csv"), |line| {
            if is_heading {
                is_heading = false;
                return;
            }
            match hashed_line(line) {
                Some(line) => hash.update(line),
                None => is_read = false,
            }
        })?;
        anyhow::ensure!(is_read, "a line is none of a recount file");
        Ok(hex::encode(hash.finalize()))
    }

    /// Draws the sample of the spot check again.
    pub(super) fn draw(&mut self, records: &Records) {
        let Some((id, frame_hash, seed)) = &records.check else {
            return;
        };
        let Ok(file) = self.text("draw/frame.txt") else {
            self.faults.add("有抽查，却没有抽样框 draw/frame.txt。");
            return;
        };
        if draw::hash(file.as_bytes()) != *frame_hash {
            self.faults
                .add("抽样框 draw/frame.txt 与公布时的校验值不符。");
        }
        let Some(seed) = seed else { return };
        let Ok(frame) = draw::read_frame(&file) else {
            self.faults
                .add("抽样框 draw/frame.txt 读不出来，无法重新抽取。");
            return;
        };
        let mut kept: Vec<Drawn> = records
            .drawn
            .iter()
            .filter(|(check, _)| check == id)
            .map(|(_, drawn)| drawn.clone())
            .collect();
        kept.sort_by(|one, other| (&one.stratum, one.place).cmp(&(&other.stratum, other.place)));
        if draw::draw(&frame, seed) != kept {
            self.faults
                .add("按抽样框和种子重新抽取，样本与 data/visit.jsonl 中被抽中的单位不同。");
        }
    }

    /// Compares what public notices showed with their hashes.
    pub(super) fn publications(&mut self, sums: &BTreeMap<String, String>, records: &Records) {
        for (id, hash) in &records.publications {
            if sums.get(&format!("publications/{id}.json")) != Some(hash) {
                self.faults.add(format!(
                    "公示 {id} 的内容 publications/{id}.json 不见了，或者与公示时的校验值不符。"
                ));
            }
        }
    }
}

/// A judgement as the database kept it.
fn kept_of(line: &Map<String, Value>) -> Result<KeptJudgement> {
    let part = |name: &str| line.get(name).context("a part of the judgement");
    let text = |name: &str| part(name)?.as_str().context("a text");
    let person = part("person_id")?.as_str();
    Ok(KeptJudgement {
        id: text("id")?.parse()?,
        unit: text("unit_id")?.parse()?,
        person: person.map(str::parse).transpose()?,
        year: i16::try_from(part("year")?.as_i64().context("a year")?)?,
        as_of: text("as_of")?.parse()?,
        standard_key: text("standard_key")?.to_owned(),
        standard_hash: text("standard_hash")?.to_owned(),
        basis: text("basis")?.to_owned(),
        rejected: serde_json::from_value(part("rejected")?.clone())?,
        subject: part("subject")?.to_string(),
        judgement: part("verdict")?.to_string(),
        made_at: text("made_at")?.parse()?,
    })
}
