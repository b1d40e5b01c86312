//! The hash chain over the trail. Lines are sealed in batches by a background job, so that acts do not queue for the chain; each seal covers its
//! lines and the previous seal. `check` finds any changed, missing or reordered line.

use std::pin::Pin;

use anyhow::{Context, anyhow};
use jianjia_store::core::{
    audit::{self, Recorded, Seal, SealedLine},
    db::Tx,
    file::content_hash,
    scope::Scope,
};
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use crate::core::{app::App, error::Result};

/// A break in the chain, with the sentence that reports it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Break {
    /// The line at this position differs from what was sealed.
    Changed { position: i64, id: String },
    /// There is no line, or more than one, at this position.
    Missing { position: i64 },
    /// The seal does not follow from its lines and the previous seal.
    Seal { number: i64 },
    /// There are lines but no seal at all, not even the first one of every chain.
    NoSeal,
    /// A line without a seal that was written before the last seal, which should have covered it.
    Late { id: String, at: String },
    /// The record of the line does not match its digest.
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

/// The result of checking the whole chain.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct ChainReport {
    pub lines: i64,
    pub seals: i64,
    /// The hash of the newest seal: with a copy of it one can later prove that no earlier line was removed.
    pub head: String,
    pub breaks: Vec<Break>,
}

const BATCH: i64 = 1000;

/// Seals the lines that have no seal yet; returns their number.
///
/// # Errors
/// If there are lines but no seal: a trail whose seals were removed must not get a new chain.
pub async fn seal(app: &App) -> Result<i64> {
    let mut tx = app.db.write(Scope::Seals).await?;
    let Some(mut previous) = audit::last_seal(&mut tx).await? else {
        if audit::newest_at(&mut tx).await?.is_some() {
            return Err(anyhow!("{}", Break::NoSeal.sentence()).into());
        }
        return Ok(0);
    };
    // All lines in one transaction: a line left out by the first of several seals would be late for the next.
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

/// The earliest instant at which a line may have been written to be covered by the next seal: a little before the last seal, because acts take time
/// and the nodes' clocks differ; or before now, if the clock was ahead at the last seal.
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

/// How much earlier than the last seal a line may be dated.
const LEEWAY: SignedDuration = SignedDuration::from_mins(10);

/// The number of lines that wait for their seal.
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
        let hashes = hashes_of(seal, &lines, &mut report.breaks);
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
    // A line with a position that no seal covers was inserted by hand.
    for stray in audit::sealed_lines(tx, expected, BATCH).await? {
        report.breaks.push(Break::Changed {
            position: stray.position,
            id: stray.id,
        });
    }
    check_late(app, tx, seals.last(), &mut report.breaks).await?;
    report.head = previous_hash;
    Ok(report)
}

/// The hashes of a seal's lines as they are now; lines that are missing or changed are breaks.
fn hashes_of(seal: &Seal, lines: &[SealedLine], breaks: &mut Vec<Break>) -> Vec<String> {
    let mut hashes = Vec::with_capacity(lines.len());
    let mut found = lines.iter().peekable();
    for position in seal.first_position..=seal.last_position {
        match found.next_if(|sealed| sealed.position == position) {
            None => breaks.push(Break::Missing { position }),
            Some(sealed) => {
                let recorded = sealed.recorded.as_ref();
                let hash =
                    recorded.map_or_else(String::new, |recorded| line_hash(recorded, position));
                if hash != sealed.line_hash {
                    breaks.push(Break::Changed {
                        position,
                        id: sealed.id.clone(),
                    });
                }
                hashes.push(hash);
            }
        }
    }
    hashes
}

/// Lines without a seal that the last one should have covered.
async fn check_late(
    app: &App,
    tx: &mut Tx,
    last: Option<&Seal>,
    breaks: &mut Vec<Break>,
) -> Result<()> {
    match last {
        None if audit::newest_at(tx).await?.is_some() => breaks.push(Break::NoSeal),
        None => {}
        Some(last) => match on_time(app, last) {
            Ok(since) => {
                let late = audit::unsealed_before(tx, since).await?;
                let late = late.into_iter().map(|(id, at)| Break::Late { id, at });
                breaks.extend(late);
            }
            // An instant that can't be parsed is not what was sealed.
            Err(_) => breaks.push(Break::Seal {
                number: last.number,
            }),
        },
    }
    Ok(())
}

/// Whether a seal matches the hashes of its lines. Seals from before the trail covered rows do not include their own instant.
pub fn is_of(seal: &Seal, hashes: &[String]) -> bool {
    let hashes = || hashes.iter().map(String::as_str);
    seal.hash == seal_hash(seal.number, &seal.previous_hash, &seal.sealed_at, hashes())
        || seal.hash == seal_hash(seal.number, &seal.previous_hash, "", hashes())
}

async fn lines_between(tx: &mut Tx, first: i64, last: i64) -> Result<Vec<SealedLine>> {
    let mut lines = audit::sealed_lines(tx, first, last - first + 1).await?;
    lines.retain(|sealed| sealed.position <= last);
    Ok(lines)
}

/// The hash of a line at its position. Without the path, which a move of the unit rewrites: the unit's id identifies it.
pub fn line_hash(recorded: &Recorded, position: i64) -> String {
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

/// What each node does every few seconds. Several nodes at once take turns over the chain, and find what the others left.
pub fn work(app: &App) -> Pin<Box<dyn Future<Output = Result<()>> + Send + '_>> {
    Box::pin(async {
        seal(app).await?;
        Ok(())
    })
}
