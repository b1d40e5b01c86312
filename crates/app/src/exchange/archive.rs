//! `jianjia archive`: the round of a year as open files in one ZIP, which can be read and checked without this program for as long as there are ZIP, JSON and
//! SHA-256. What stands in it: `docs/archive.md`, and the archive's own README.txt. `checking` checks one without a database.

mod bundle;
mod certificates;
pub mod checking;
mod figures;
pub mod making;
mod papers;
mod readme;
mod trail;

use std::{
    io::Write,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
};

use anyhow::{Context, bail};
use jianjia_domain::{
    core::job::JobStage, honour::certificate::CertificateRefusal, rating::poll::PollState,
};
use jianjia_standard::Lang;
use jianjia_store::{
    check::spot_check as checks,
    core::{
        db::Tx,
        file::private_file,
        standard::{self as standards, StandardTexts},
    },
    exchange::archive::{self, noun},
    honour::target,
    rating::poll as polls,
};
use serde_json::{Value, json};

use self::{bundle::Bundle, papers::Subjects};
use crate::{
    check::spot_check::FRAME,
    core::{app::App, error::Result, job::running::Running, standard},
    rating::poll::recount,
};

/// What an archive says of itself first.
const FORMAT: &str = "jianjia-archive";

/// Goes up when what is written here can't be read by what read it before.
const VERSION: i64 = 1;

/// Whether the evidence itself goes along, or its hashes alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Evidence {
    Files,
    Hashes,
}

/// Whether papers are made of what is recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Papers {
    Made,
    LeftOut,
}

/// Which archive is asked for.
#[derive(Clone, Copy, Debug)]
pub struct Wanted<'a> {
    /// Of the round.
    pub year: i16,
    pub evidence: Evidence,
    pub papers: Papers,
    /// Texts of standards beside those that the database keeps: a demo city keeps none.
    pub texts: &'a [StandardTexts],
}

/// What an archive contains.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Archived {
    pub lines: i64,
    pub polls: usize,
    pub papers: usize,
    pub certificates: usize,
    /// Why certificates are not in it, or not as papers; none where all are that there are.
    pub without_certificates: Option<CertificateRefusal>,
    pub files: usize,
    /// Files that the records name and that are missing or damaged.
    pub missing_files: usize,
    /// Lines of the trail, those among them of which only the hash is in the archive, and those that wait for a seal and are not in it.
    pub trail: i64,
    pub trail_withheld: i64,
    pub trail_unsealed: i64,
    /// Whether the list of checksums is signed with the instance's key.
    pub is_signed: bool,
    /// SHA-256 of the whole file.
    pub hash: String,
}

/// Writes the archive of a year to `target`, which must not exist yet and is readable by its owner only. The records are read from one snapshot, and by portions:
/// the memory that it takes doesn't grow with the city. The same database gives the same bytes.
///
/// # Errors
/// If the year is none of a round, the database can't be read, or the target can't be written; as `core::paper::files_long` where a paper can't be made. The
/// incomplete file is removed.
pub async fn write(app: &App, target: &Path, wanted: &Wanted<'_>) -> Result<Archived> {
    let file = private_file(target)?;
    let done = fill(app, Bundle::begun(file), wanted, &Steps::unseen()).await;
    if done.is_err() {
        // An incomplete file could be mistaken for an archive.
        let _ = std::fs::remove_file(target);
    }
    done
}

/// How far an archive is, for whoever waits for it.
struct Steps<'a> {
    running: Option<&'a Running>,
    /// Lines, then papers.
    done: Arc<AtomicI64>,
}

impl Steps<'_> {
    fn of(running: &Running) -> Steps<'_> {
        Steps {
            running: Some(running),
            done: running.counter(),
        }
    }

    /// Nobody is told.
    fn unseen() -> Steps<'static> {
        Steps {
            running: None,
            done: Arc::default(),
        }
    }

    /// Begins to count up to a total; 0 is not known.
    fn begin(&self, stage: JobStage, total: i64) {
        match self.running {
            Some(running) => running.begin(stage, total),
            None => self.done.store(0, Ordering::Relaxed),
        }
    }
}

async fn fill(
    app: &App,
    mut bundle: Bundle,
    wanted: &Wanted<'_>,
    steps: &Steps<'_>,
) -> Result<Archived> {
    let (year, evidence) = (wanted.year, wanted.evidence);
    let mut tx = app.db.read().await?;
    let mut archived = Archived::default();
    let city = target::city(&mut tx).await?;
    let city = city.context("there is no city in the register, so there is no round")?;
    if !is_there(&mut tx, year).await? {
        return Err(anyhow::anyhow!("there is no round of {year}: nothing was applied for").into());
    }
    let figures = figures::of_database(app, &mut tx, year).await?;
    let of_the_year = app.standards.of(year);
    bundle.whole(
        "archive.json",
        &pretty(&json!({
            "format": FORMAT,
            "version": VERSION,
            "year": year,
            "city": { "id": city.id.to_string(), "name": city.name },
            "standard": { "key": of_the_year.key, "version": of_the_year.version },
            "evidence": match evidence {
                Evidence::Files => "files",
                Evidence::Hashes => "hashes",
            },
            "papers": wanted.papers == Papers::Made,
        })),
    )?;
    steps.begin(JobStage::Recording, 0);
    for noun in noun::nouns() {
        bundle.begin(&format!("data/{}.jsonl", noun.name))?;
        let each = archive::each_line(&mut tx, noun, year, |line| {
            writeln!(bundle, "{}", Value::from(line))?;
            steps.done.fetch_add(1, Ordering::Relaxed);
            Ok(())
        });
        archived.lines += each.await?;
    }
    draw(&mut tx, &mut bundle, year).await?;
    bundle.whole("figures.json", &pretty(&figures))?;
    if evidence == Evidence::Files {
        files(app, &mut tx, &mut bundle, year, &mut archived).await?;
    }
    for id in archive::publications(&mut tx, year).await? {
        let shown = archive::shown(&mut tx, &id).await?;
        bundle.whole(&format!("publications/{id}.json"), shown.as_bytes())?;
    }
    bundle.whole("README.txt", readme::text(&city.name, year).as_bytes())?;
    let mut subjects = Subjects::default();
    subjects.find(&mut tx, year).await?;
    archived.polls = recounts(app, &mut tx, &mut bundle, year, &mut subjects).await?;
    for noun in noun::nouns() {
        let name = format!("schema/{}.schema.json", noun.name);
        bundle.whole(&name, &pretty(&noun.schema()))?;
    }
    trail::schemas(&mut bundle)?;
    texts(app, &mut tx, &mut bundle, wanted).await?;
    trail::write(app, &mut tx, &mut bundle, year, &mut archived).await?;
    // Papers are read as people read them, each in a snapshot of its own.
    drop(tx);
    if wanted.papers == Papers::Made {
        archived.papers = papers::write(app, &mut bundle, year, &subjects, steps).await?;
    }
    let told = (&mut archived, steps);
    certificates::write(app, &mut bundle, &subjects, wanted.papers, told).await?;
    archived.is_signed = app.heads.is_some();
    archived.hash = bundle.finish(app.heads.as_ref())?;
    Ok(archived)
}

/// Whether a year had a round.
async fn is_there(tx: &mut Tx, year: i16) -> Result<bool> {
    Ok(archive::years(tx).await?.contains(&year))
}

/// The frame's file as it was published.
async fn draw(tx: &mut Tx, bundle: &mut Bundle, year: i16) -> Result<()> {
    if let Some(check) = archive::spot_check(tx, year).await?
        && let Some(frame) = checks::file(tx, &check, FRAME).await?
    {
        bundle.whole("draw/frame.txt", frame.as_bytes())?;
    }
    Ok(())
}

/// The evidence that the round's records name, by content hash.
async fn files(
    app: &App,
    tx: &mut Tx,
    bundle: &mut Bundle,
    year: i16,
    archived: &mut Archived,
) -> Result<()> {
    let hashes = archive::file_hashes(tx, year).await?;
    let written = app.files.each_whole(hashes, |hash, bytes| {
        bundle.whole(&format!("files/{hash}"), bytes)
    });
    (archived.files, archived.missing_files) = written.await?;
    Ok(())
}

/// The recount file of every poll of the year whose result is shown; their number.
async fn recounts(
    app: &App,
    tx: &mut Tx,
    bundle: &mut Bundle,
    year: i16,
    subjects: &mut Subjects,
) -> Result<usize> {
    let (mut count, mut last) = (0, None);
    loop {
        let batch = polls::after(tx, last.as_ref(), 500).await?;
        let Some(end) = batch.last() else {
            return Ok(count);
        };
        last = Some(end.id);
        for walked in &batch {
            if walked.year != i64::from(year) {
                continue;
            }
            let Ok(poll) = &walked.poll else {
                let id = walked.id;
                return Err(
                    anyhow::anyhow!("the rating {id} can't be read: run `jianjia verify`").into(),
                );
            };
            if !matches!(poll.state(), PollState::Counted | PollState::Signed) {
                continue;
            }
            if let Some(file) = recount::file_of(app, tx, poll, Lang::Zh).await? {
                bundle.whole(&format!("recount/{}.csv", poll.id), file.as_bytes())?;
                subjects.add(poll);
                count += 1;
            }
        }
    }
}

/// The texts of every standard by which something of the round was judged, voted or drawn, and of the one that holds for the year.
async fn texts(
    app: &App,
    tx: &mut Tx,
    bundle: &mut Bundle,
    wanted: &Wanted<'_>,
) -> anyhow::Result<()> {
    let mut versions = archive::standard_versions(tx, wanted.year).await?;
    versions.push(app.standards.of(wanted.year).version.clone());
    versions.sort_unstable();
    versions.dedup();
    let mut known = Vec::new();
    for texts in wanted.texts {
        known.push((standard::load(texts)?.version, texts));
    }
    for version in versions {
        let kept = standards::find(tx, &version).await?;
        let other = known.iter().find(|(known, _)| *known == version);
        let Some(texts) = kept.or_else(|| other.map(|(_, texts)| (*texts).clone())) else {
            bail!(
                "the texts of the standard {version} are not kept in the database: run `jianjia verify`"
            );
        };
        let folder = format!("standard/{version}");
        bundle.whole(&format!("{folder}/facts.toml"), texts.facts_toml.as_bytes())?;
        bundle.whole(
            &format!("{folder}/standard.toml"),
            texts.standard_toml.as_bytes(),
        )?;
    }
    Ok(())
}

/// JSON as people read it, with a line break at its end.
fn pretty(value: &Value) -> Vec<u8> {
    format!("{value:#}\n").into_bytes()
}
