//! The archive of a year as the office makes it: asked for on a page, made by a job, downloaded for a while by whoever asked. Who made which, and its checksum,
//! stand in the trail for good.

use std::io::Seek;

use anyhow::Context;
use jianjia_domain::{
    core::{
        audit::{
            AuditLine,
            deed::Deed,
            object::{Noun, Object},
        },
        export::{Export, ExportKind, KEPT},
        ids::JobId,
        policy::{self, Act, Actor, act},
        refusal::Refuse,
    },
    exchange::archive::ArchiveRefusal,
};
use jianjia_standard::Lang;
use jianjia_store::{core::audit, exchange::archive as rounds, register::unit};
use jiff::Timestamp;
use serde_json::{Value, json};

use super::{Archived, Evidence, Papers, Steps, Wanted, bundle::Bundle, fill, is_there};
use crate::core::{
    app::App,
    error::{Error, Result, refuses},
    export::{self as exports, Made, Record},
    job::running::Running,
    standard::set_up_texts,
};

refuses!(ArchiveRefusal);

/// What is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Asked {
    pub year: i16,
    pub evidence: Evidence,
    pub papers: Papers,
}

const YEAR: &str = "year";
const EVIDENCE: &str = "evidence";
const PAPERS: &str = "papers";
const YES: &str = "yes";

impl Asked {
    /// As a job keeps it.
    fn export(self, lang: Lang) -> Export {
        let mut asked = vec![(YEAR.to_owned(), self.year.to_string())];
        if self.evidence == Evidence::Files {
            asked.push((EVIDENCE.to_owned(), YES.to_owned()));
        }
        if self.papers == Papers::Made {
            asked.push((PAPERS.to_owned(), YES.to_owned()));
        }
        Export {
            kind: ExportKind::Archive,
            asked: asked.into_iter().collect(),
            lang,
        }
    }

    fn of(export: &Export) -> Option<Asked> {
        let is_asked = |name: &str| export.asked.contains_key(name);
        Some(Asked {
            year: export.asked.get(YEAR)?.parse().ok()?,
            evidence: match is_asked(EVIDENCE) {
                true => Evidence::Files,
                false => Evidence::Hashes,
            },
            papers: match is_asked(PAPERS) {
                true => Papers::Made,
                false => Papers::LeftOut,
            },
        })
    }
}

/// An archive that was made, as the trail tells of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    pub year: String,
    pub at: Timestamp,
    pub by_name: String,
    /// SHA-256 of the file.
    pub hash: String,
    pub counts: Counts,
    /// The key of the refusal for which certificates are missing; empty where all are there.
    pub without_certificates: String,
    /// The job whose file it is, as long as the reader may download it.
    pub job: Option<JobId>,
}

/// What an archive holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    pub lines: i64,
    pub polls: i64,
    pub papers: i64,
    pub certificates: i64,
    pub files: i64,
    pub bytes: i64,
    /// Files of evidence that are missing or damaged, and not in it.
    pub missing_files: i64,
    /// Lines of the trail that waited for their seal, and are not in it.
    pub trail_unsealed: i64,
}

/// The office's page of archives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Overview {
    /// Those that had a round, the newest first.
    pub years: Vec<i16>,
    /// The newest first.
    pub made: Vec<Kept>,
}

/// Archives that the page lists.
const LISTED: i64 = 100;

/// The years that had a round, which can be archived, and what was made.
///
/// # Errors
/// Not found, `NotYourRole`.
pub async fn overview(app: &App, actor: &Actor) -> Result<Overview> {
    let mut tx = app.db.read().await?;
    let city = unit::root(&mut tx).await?.ok_or(Error::NotFound)?;
    policy::permit(actor, Act::MakeArchive, &city)?;
    let mut years = rounds::years(&mut tx).await?;
    // Days may be set for the year to come, of which there is nothing yet.
    years.retain(|year| *year <= app.year());
    let lines = audit::newest_of(&mut tx, Noun::Archive, LISTED).await?;
    let now = app.now();
    Ok(Overview {
        years,
        made: lines.iter().map(|line| kept(line, actor, now)).collect(),
    })
}

fn kept(line: &AuditLine, actor: &Actor, now: Timestamp) -> Kept {
    let count = |name: &str| line.detail[name].as_i64().unwrap_or_default();
    let text = |name: &str| line.detail[name].as_str().unwrap_or_default();
    let is_own = line.account_id == actor.account.to_string() && line.at + KEPT > now;
    Kept {
        year: line.noun_id.clone(),
        at: line.at,
        by_name: line.account_name.clone(),
        hash: text("hash").to_owned(),
        counts: Counts {
            lines: count("lines"),
            polls: count("polls"),
            papers: count("papers"),
            certificates: count("certificates"),
            files: count("files"),
            bytes: count("bytes"),
            missing_files: count("missing_files"),
            trail_unsealed: count("trail_unsealed"),
        },
        without_certificates: text("without_certificates").to_owned(),
        job: text("job").parse().ok().filter(|_| is_own),
    }
}

/// Has the archive of a year made in the background, as a job of this name; asked for again before it is ready, it is the same job.
///
/// # Errors
/// As `App::permit_at`, for the city; `NoRound`; as `exports::begin`.
pub async fn begin(
    app: &App,
    actor: &Actor,
    asked: Asked,
    (lang, name): (Lang, String),
) -> Result<JobId> {
    let mut tx = app.db.read().await?;
    let city = unit::root(&mut tx).await?.ok_or(Error::NotFound)?;
    app.permit_at(&mut tx, actor, act::MakeArchive, &city)
        .await?;
    let year = asked.year;
    if !is_there(&mut tx, year).await? {
        return Err(ArchiveRefusal::NoRound { year }.into());
    }
    tx.commit().await?;
    let export = asked.export(lang);
    exports::begin(app, actor, &export, &city.id, name).await
}

/// The archive as the file of a job: written to a temporary file as it is made, so that the memory that it takes doesn't grow with the city.
///
/// # Errors
/// Not found where the job is not the city's, or nothing of its question can be read; as `begin` and `archive::write`.
pub async fn made(app: &App, actor: &Actor, export: &Export, running: &Running) -> Result<Made> {
    let asked = Asked::of(export).ok_or(Error::NotFound)?;
    let mut tx = app.db.read().await?;
    let city = unit::root(&mut tx).await?.ok_or(Error::NotFound)?;
    if running.job.unit != Some(city.id) {
        return Err(Error::NotFound);
    }
    // Of somebody who may not any more it is not made either.
    app.permit_at(&mut tx, actor, act::MakeArchive, &city)
        .await?;
    tx.commit().await?;
    let texts = set_up_texts(app);
    let wanted = Wanted {
        year: asked.year,
        evidence: asked.evidence,
        papers: asked.papers,
        texts: &texts,
    };
    let mut file = tempfile::tempfile().context("no temporary file can be made for an archive")?;
    // Both share one place in the file.
    let written = file.try_clone().context("a temporary file")?;
    let archived = fill(app, Bundle::begun(written), &wanted, &Steps::of(running)).await?;
    let bytes = file.stream_position().context("an archive's length")?;
    file.rewind().context("an archive is read again")?;
    Ok(Made {
        name: format!("{}-{}年度职工之家建设档案.zip", city.name, asked.year),
        media_type: "application/zip",
        rows: archived.lines,
        file,
        record: Some(Record {
            deed: Deed::MakeArchive,
            object: Object::Archive(asked.year),
            detail: detail(running, &archived, bytes),
        }),
    })
}

fn detail(running: &Running, archived: &Archived, bytes: u64) -> Value {
    let mut detail = json!({
        "hash": archived.hash,
        "bytes": bytes,
        "lines": archived.lines,
        "polls": archived.polls,
        "papers": archived.papers,
        "certificates": archived.certificates,
        "files": archived.files,
        "missing_files": archived.missing_files,
        "trail_unsealed": archived.trail_unsealed,
        "job": running.job.id.to_string(),
    });
    if let Some(because) = &archived.without_certificates {
        detail["without_certificates"] = because.key().into();
    }
    detail
}
