//! The trail in an archive: the chain from the beginning of the year to the end of the year after, in which the round ends. Lines that are none of the round's
//! business stand there as their hash alone: so the chain can be checked, and tells nobody who signed in when.

use std::{io::Write, ops::Range};

use anyhow::Context;
use jianjia_domain::core::{
    audit::{Written, object::Noun},
    day,
};
use jianjia_store::{
    core::{
        audit::{self, Recorded, Seal, SealedLine},
        db::Tx,
    },
    exchange::archive,
};
use jiff::{Timestamp, civil::Date};
use serde_json::{Value, json};

use super::{Archived, bundle::Bundle, pretty};
use crate::core::{
    app::App,
    error::Result,
    head::{Head, Kept},
    seal::line_hash,
};

pub(super) const LINES: &str = "trail/lines.jsonl";
pub(super) const SEALS: &str = "trail/seals.jsonl";
pub(super) const HEADS: &str = "trail/heads.jsonl";

const BATCH: i64 = 1000;

/// Writes lines, seals and signed heads.
pub(super) async fn write(
    app: &App,
    tx: &mut Tx,
    bundle: &mut Bundle,
    year: i16,
    archived: &mut Archived,
) -> Result<()> {
    let time = time_of(year)?;
    let seals = of_the_round(tx, &time).await?;
    archived.trail_unsealed = audit::count_unsealed(tx).await?;
    bundle.begin(HEADS)?;
    for head in heads(app, &seals)? {
        writeln!(bundle, "{}", json!(head)).context("a head")?;
    }
    bundle.begin(LINES)?;
    let mut next = seals.first().map_or(1, |seal| seal.first_position);
    let last = seals.last().map_or(0, |seal| seal.last_position);
    while next <= last {
        let lines = audit::sealed_lines(tx, next, BATCH.min(last - next + 1)).await?;
        let Some(end) = lines.last() else {
            break;
        };
        next = end.position + 1;
        for sealed in lines.iter().filter(|sealed| sealed.position <= last) {
            let line = line(sealed, &time).with_context(|| {
                format!(
                    "line {} of the trail can't be read: run `jianjia verify`",
                    sealed.position
                )
            })?;
            archived.trail += 1;
            archived.trail_withheld += i64::from(line.get("id").is_none());
            writeln!(bundle, "{line}").context("a line of the trail")?;
        }
    }
    bundle.begin(SEALS)?;
    for seal in &seals {
        let line = json!({
            "number": seal.number,
            "first_position": seal.first_position,
            "last_position": seal.last_position,
            "previous_hash": seal.previous_hash,
            "hash": seal.hash,
            "sealed_at": seal.sealed_at,
        });
        writeln!(bundle, "{line}").context("a seal")?;
    }
    Ok(())
}

/// From the beginning of the year to the end of the one after.
fn time_of(year: i16) -> anyhow::Result<Range<Timestamp>> {
    let first_day = |year: i16| {
        let day = Date::new(year, 1, 1).context("the first day of a year")?;
        anyhow::Ok(day::start_of(day))
    };
    Ok(first_day(year)?..first_day(year.saturating_add(2))?)
}

/// The seals that have a line of this time, without a gap between them; the first of every chain with those that follow it.
async fn of_the_round(tx: &mut Tx, time: &Range<Timestamp>) -> Result<Vec<Seal>> {
    let Some((first, last)) = archive::positions(tx, time).await? else {
        return Ok(Vec::new());
    };
    let mut seals = audit::seals(tx).await?;
    seals.retain(|seal| {
        let is_beginning = seal.number == 0 && first == 1;
        is_beginning || seal.last_position >= first && seal.first_position <= last
    });
    Ok(seals)
}

/// The heads kept outside of the database that are of these seals, and that of the last one.
fn heads(app: &App, seals: &[Seal]) -> Result<Vec<Head>> {
    let (Some(heads), Some(last)) = (&app.heads, seals.last()) else {
        return Ok(Vec::new());
    };
    let mut signed = vec![heads.sign(last)];
    for (_, kept) in heads.kept()? {
        if let Kept::Head(head) = kept
            && seals.iter().any(|seal| seal.number == head.number)
        {
            signed.push(head);
        }
    }
    signed.sort_by_key(|head| head.number);
    signed.dedup();
    Ok(signed)
}

/// A line as the archive has it; none if the row can't be read.
fn line(sealed: &SealedLine, time: &Range<Timestamp>) -> Option<Value> {
    let recorded = sealed.recorded.as_ref()?;
    let Recorded { line, record } = recorded;
    // What the row says now: if it isn't what was sealed, checking the archive finds it.
    let hash = line_hash(recorded, sealed.position);
    let is_its_business = matches!(&line.noun, Written::Known(noun) if is_of_a_round(*noun));
    let is_shown = is_its_business && time.contains(&line.at);
    if !is_shown {
        return Some(json!({ "position": sealed.position, "hash": hash }));
    }
    let (number, digest) = record.clone().unzip();
    Some(json!({
        "position": sealed.position,
        "hash": hash,
        "id": line.id.to_string(),
        "at": line.at.to_string(),
        "account_id": line.account_id,
        "account_name": line.account_name,
        "act": line.act,
        "noun": line.noun,
        "noun_id": line.noun_id,
        "unit_id": line.unit_id.map(|id| id.to_string()),
        "detail": line.detail,
        "record_number": number,
        "record_digest": digest,
    }))
}

/// Whether what was acted on is a round's business.
fn is_of_a_round(noun: Noun) -> bool {
    match noun {
        Noun::Activity
        | Noun::Amendment
        | Noun::Application
        | Noun::Archive
        | Noun::Batch
        | Noun::CertificateKey
        | Noun::Department
        | Noun::Edition
        | Noun::Entry
        | Noun::Evidence
        | Noun::Forward
        | Noun::GrantList
        | Noun::Honour
        | Noun::Improvement
        | Noun::LedgerEntry
        | Noun::MoneyYear
        | Noun::Objection
        | Noun::PaymentRun
        | Noun::Poll
        | Noun::Publication
        | Noun::Quota
        | Noun::Recommendation
        | Noun::Round
        | Noun::SpotCheck
        | Noun::Standard
        | Noun::Statement
        | Noun::Subsidies
        | Noun::Unit
        | Noun::Veto
        | Noun::Visit => true,
        Noun::Account
        | Noun::Case
        | Noun::City
        | Noun::Doubt
        | Noun::Election
        | Noun::Import
        | Noun::Job
        | Noun::Letter
        | Noun::Meeting
        | Noun::Person
        | Noun::Topic
        | Noun::Proposal
        | Noun::Trail => false,
    }
}

/// The schemas of the trail's files.
pub(super) fn schemas(bundle: &mut Bundle) -> anyhow::Result<()> {
    let text = json!({ "type": "string" });
    let number = json!({ "type": "integer" });
    let instant = json!({ "type": "string", "format": "date-time" });
    let line = json!({
        "position": number, "hash": text, "id": text, "at": instant, "account_id": text, "account_name": text, "act": text, "noun": text, "noun_id": text,
        "unit_id": { "type": ["string", "null"] }, "detail": {}, "record_number": { "type": ["integer", "null"] },
        "record_digest": { "type": ["string", "null"], "description": "SHA-256 of the list of rows that the act wrote" },
    });
    let seal = json!({
        "number": number, "first_position": number, "last_position": number, "previous_hash": text, "hash": text, "sealed_at": instant,
    });
    let head = json!({
        "number": number, "last_position": number, "hash": text, "sealed_at": instant,
        "key": { "type": "string", "description": "The public key, Ed25519" }, "signature": text,
    });
    for (name, says, properties, required) in [
        (
            "trail-head",
            "链头. Signed heads of the trail",
            head,
            &[
                "number",
                "last_position",
                "hash",
                "sealed_at",
                "key",
                "signature",
            ][..],
        ),
        (
            "trail-line",
            "审计记录. Lines of the trail: complete, or position and hash alone",
            line,
            &["position", "hash"],
        ),
        (
            "trail-seal",
            "封存. Seals of the trail: a hash over the hashes of their lines and the seal before",
            seal,
            &[
                "number",
                "first_position",
                "last_position",
                "previous_hash",
                "hash",
                "sealed_at",
            ],
        ),
    ] {
        let schema = json!({
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "title": name,
            "description": says,
            "type": "object",
            "properties": properties,
            "required": required,
            "additionalProperties": false,
        });
        bundle.whole(&format!("schema/{name}.schema.json"), &pretty(&schema))?;
    }
    Ok(())
}
