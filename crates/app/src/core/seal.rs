//! The hash chain over the trail: lines are sealed in batches by a job, so that acts do not queue for the chain; each seal covers its
//! lines and the seal before. `check` finds any changed, missing or reordered line.

use anyhow::{Context, anyhow};
use jianjia_domain::core::audit::{deed::Deed, object::Object};
use jianjia_store::{
    core::{
        audit::{self, Recorded, Seal, SealedLine},
        cover,
        db::Tx,
        file::content_hash,
        scope::Scope,
    },
    rating::ballot::digest,
};
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use crate::core::{app::App, error::Result};

/// A break in the chain, with the sentence that tells it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Break {
    /// The line at this position is not what was sealed.
    Changed { position: i64, id: String },
    /// No line, or more than one, stands at this position.
    Missing { position: i64 },
    /// The seal does not follow from its lines and the seal before it.
    Seal { number: i64 },
    /// There are lines and no seal at all, not even the one that a chain begins with.
    NoSeal,
    /// A line without a seal that was written before the last seal, which would have covered it.
    Late { id: String, at: String },
    /// What the line's act wrote is not as its record's digest says.
    Record { id: String },
}

impl Break {
    pub fn sentence(&self) -> String {
        match self {
            Break::Changed { position, id } => {
                format!("审计链第 {position} 行（{id}）与封存时不一致：内容或顺序被改动。")
            }
            Break::Missing { position } => format!("审计链第 {position} 行缺失。"),
            Break::Seal { number } => format!("第 {number} 号封存与其所含各行或前一封存不符。"),
            Break::NoSeal => {
                "审计记录有内容，却没有任何封存：封存被整个删除过，链不能从头再来。".to_owned()
            }
            Break::Late { id, at } => format!(
                "审计行 {id} 标明写于 {at}，早于最后一次封存，却不在封存之内：它是事后补写的，不予封存。"
            ),
            Break::Record { id } => {
                format!("审计行 {id} 所附的写入清单与其校验值不符，或者这一行已不存在。")
            }
        }
    }
}

/// What a check of the whole chain found.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct ChainReport {
    pub lines: i64,
    pub seals: i64,
    /// The newest seal's hash: whoever notes it down can later prove that nothing before it was removed.
    pub head: String,
    pub breaks: Vec<Break>,
}

const BATCH: i64 = 1000;

/// Seals what is not sealed yet; gives the number of lines sealed.
///
/// # Errors
/// When there are lines and no seal: whoever took the seals away does not get a chain begun anew.
pub async fn seal(app: &App) -> Result<i64> {
    let mut tx = app.db.write(Scope::Seals).await?;
    let Some(mut previous) = audit::last_seal(&mut tx).await? else {
        if audit::newest_at(&mut tx).await?.is_some() {
            return Err(anyhow!("{}", Break::NoSeal.sentence()).into());
        }
        return Ok(0);
    };
    // All or none: a line that the first of several seals left out would be late for the next.
    let since = on_time(app, &previous)?;
    let (before, now) = (previous.last_position, app.now().to_string());
    loop {
        let lines = audit::unsealed(&mut tx, since, BATCH).await?;
        if lines.is_empty() {
            break;
        }
        let (number, first_position, previous_hash) = (
            previous.number + 1,
            previous.last_position + 1,
            previous.hash,
        );
        let lines: Vec<SealedLine> = (first_position..)
            .zip(lines)
            .map(|(position, recorded)| SealedLine {
                id: recorded.line.id.to_string(),
                line_hash: line_hash(&recorded, position),
                recorded: Some(recorded),
                position,
            })
            .collect();
        let seal = Seal {
            number,
            first_position,
            last_position: first_position + lines.len() as i64 - 1,
            hash: seal_hash(
                number,
                &previous_hash,
                &now,
                lines.iter().map(|line| line.line_hash.as_str()),
            ),
            previous_hash,
            sealed_at: now.clone(),
        };
        audit::keep_seal(&mut tx, &seal, &lines).await?;
        previous = seal;
    }
    let sealed = previous.last_position - before;
    if sealed > 0 {
        tx.commit().await?;
        if let Some(heads) = &app.heads {
            heads.put(&previous, app.clock.today())?;
        }
    }
    Ok(sealed)
}

/// Since when a line may be written to get its seal after the last one: a little before that, for acts take their time and the clocks of several nodes
/// differ; or before now, where the clock was ahead at the last seal.
fn on_time(app: &App, last: &Seal) -> Result<Timestamp> {
    if last.number == 0 {
        return Ok(Timestamp::MIN);
    }
    let sealed_at: Timestamp = last
        .sealed_at
        .parse()
        .context("when the last seal was made")?;
    Ok(sealed_at.min(app.now()) - LEEWAY)
}

/// How long before the last seal a line may say that it was written.
const LEEWAY: SignedDuration = SignedDuration::from_mins(10);

/// How many lines wait for their seal.
pub async fn waiting(app: &App) -> Result<i64> {
    let mut tx = app.db.read().await?;
    Ok(audit::count_unsealed(&mut tx).await?)
}

/// Recomputes the whole chain.
pub async fn check(app: &App, tx: &mut Tx) -> Result<ChainReport> {
    let seals = audit::seals(tx).await?;
    let mut report = ChainReport {
        seals: seals.iter().filter(|seal| seal.number > 0).count() as i64,
        ..ChainReport::default()
    };
    let (mut previous_hash, mut previous_number, mut expected) = (String::new(), 0, 1);
    for seal in &seals {
        if seal.number == 0 {
            if *seal != Seal::beginning(&seal.previous_hash, &seal.sealed_at) {
                report.breaks.push(Break::Seal { number: 0 });
            }
            previous_hash = seal.hash.clone();
            continue;
        }
        let lines = lines_between(tx, seal.first_position, seal.last_position).await?;
        let mut hashes = Vec::with_capacity(lines.len());
        let mut found = lines.iter().peekable();
        for position in seal.first_position..=seal.last_position {
            match found.next_if(|sealed| sealed.position == position) {
                None => report.breaks.push(Break::Missing { position }),
                Some(sealed) => {
                    let recorded = sealed.recorded.as_ref();
                    let hash =
                        recorded.map_or_else(String::new, |recorded| line_hash(recorded, position));
                    if hash != sealed.line_hash {
                        report.breaks.push(Break::Changed {
                            position,
                            id: sealed.id.clone(),
                        });
                    }
                    hashes.push(hash);
                }
            }
        }
        let follows = seal.number == previous_number + 1
            && seal.first_position == expected
            && seal.previous_hash == previous_hash
            && is_of(seal, &hashes);
        if !follows {
            report.breaks.push(Break::Seal {
                number: seal.number,
            });
        }
        report.lines += lines.len() as i64;
        (previous_hash, previous_number, expected) =
            (seal.hash.clone(), seal.number, seal.last_position + 1);
    }
    // A line with a position that no seal covers was put there by hand.
    for stray in audit::sealed_lines(tx, expected, BATCH).await? {
        report.breaks.push(Break::Changed {
            position: stray.position,
            id: stray.id,
        });
    }
    match seals.last() {
        None if audit::newest_at(tx).await?.is_some() => report.breaks.push(Break::NoSeal),
        None => {}
        Some(last) => match on_time(app, last) {
            Ok(since) => {
                let late = audit::unsealed_before(tx, since).await?;
                let late = late.into_iter().map(|(id, at)| Break::Late { id, at });
                report.breaks.extend(late);
            }
            // An instant that can't be read is not what was sealed.
            Err(_) => report.breaks.push(Break::Seal {
                number: last.number,
            }),
        },
    }
    report.head = previous_hash;
    Ok(report)
}

/// Whether a seal is that of its lines. Those made before the trail covered rows say nothing of when they were made.
fn is_of(seal: &Seal, hashes: &[String]) -> bool {
    let hashes = || hashes.iter().map(String::as_str);
    seal.hash == seal_hash(seal.number, &seal.previous_hash, &seal.sealed_at, hashes())
        || seal.hash == seal_hash(seal.number, &seal.previous_hash, "", hashes())
}

async fn lines_between(tx: &mut Tx, first: i64, last: i64) -> Result<Vec<SealedLine>> {
    let mut lines = audit::sealed_lines(tx, first, last - first + 1).await?;
    lines.retain(|sealed| sealed.position <= last);
    Ok(lines)
}

// The path is left out: a move of the unit rewrites it, and the unit's id says whom the line is about.
fn line_hash(recorded: &Recorded, position: i64) -> String {
    let line = &recorded.line;
    let unit = line.unit_id.map_or_else(String::new, |id| id.to_string());
    let mut fields = vec![
        json!(position),
        json!(line.id.to_string()),
        json!(line.at.to_string()),
        json!(line.account_id),
        json!(line.account_name),
        json!(line.act),
        json!(line.noun),
        json!(line.noun_id),
        json!(unit),
        line.detail.clone(),
    ];
    if let Some((number, digest)) = &recorded.record {
        fields.extend([json!(number), json!(digest)]);
    }
    content_hash(serde_json::Value::from(fields).to_string().as_bytes())
}

fn seal_hash<'a>(
    number: i64,
    previous_hash: &str,
    sealed_at: &str,
    line_hashes: impl Iterator<Item = &'a str>,
) -> String {
    let mut text = format!("{number}\n{previous_hash}\n");
    if !sealed_at.is_empty() {
        text.push_str(sealed_at);
        text.push('\n');
    }
    for hash in line_hashes {
        text.push_str(hash);
        text.push('\n');
    }
    content_hash(text.as_bytes())
}

/// Has the trail cover the rows that were there before it did, or that a migration changed: one line says how many.
pub async fn adopt_records(app: &App) -> Result<()> {
    let mut tx = app.db.write_alone().await?;
    digest::adopt(&mut tx).await?;
    let rows = cover::check::adopt(&mut tx).await?;
    if rows > 0 {
        app.trail_by(
            &mut tx,
            ("", ""),
            Deed::AdoptRecords,
            Object::Trail,
            None,
            json!({ "rows": rows }),
        )
        .await?;
    }
    tx.commit().await?;
    Ok(())
}

/// Seals every few seconds until the process ends; a failure is logged and tried again.
pub async fn keep_sealing(app: App) {
    loop {
        if let Err(error) = seal(&app).await.context("the trail could not be sealed") {
            tracing::error!(
                error = format!("{error:#}"),
                "sealing failed; it is tried again"
            );
        }
        tokio::time::sleep(std::time::Duration::from_secs(5)).await;
    }
}
