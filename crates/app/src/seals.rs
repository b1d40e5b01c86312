//! The hash chain over the trail: lines are sealed in batches by a job, so that acts do not queue for the chain; each seal covers its
//! lines and the seal before. `check` finds any changed, missing or reordered line.

use anyhow::Context;
use jianjia_domain::audit::AuditLine;
use jianjia_store::{
    audit::{self, Seal, SealedLine},
    db::Tx,
    files::content_hash,
};

use crate::{app::App, error::Result};

/// A break in the chain, with the sentence that tells it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Break {
    /// The line at this position is not what was sealed.
    Changed { position: i64, id: String },
    /// No line, or more than one, stands at this position.
    Missing { position: i64 },
    /// The seal does not follow from its lines and the seal before it.
    Seal { number: i64 },
}

impl Break {
    pub fn sentence(&self) -> String {
        match self {
            Break::Changed { position, id } => {
                format!("审计链第 {position} 行（{id}）与封存时不一致：内容或顺序被改动。")
            }
            Break::Missing { position } => format!("审计链第 {position} 行缺失。"),
            Break::Seal { number } => format!("第 {number} 号封存与其所含各行或前一封存不符。"),
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
pub async fn seal(app: &App) -> Result<i64> {
    let mut sealed = 0;
    loop {
        let mut tx = app.db.write("audit").await?;
        let lines = audit::unsealed(&mut tx, BATCH).await?;
        if lines.is_empty() {
            return Ok(sealed);
        }
        let previous = audit::last_seal(&mut tx).await?;
        let (number, first_position, previous_hash) = previous
            .map_or((1, 1, String::new()), |seal| {
                (seal.number + 1, seal.last_position + 1, seal.hash)
            });
        let lines: Vec<SealedLine> = (first_position..)
            .zip(lines)
            .map(|(position, line)| SealedLine {
                line_hash: line_hash(&line, position),
                line,
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
                lines.iter().map(|line| line.line_hash.as_str()),
            ),
            previous_hash,
            sealed_at: app.now().to_string(),
        };
        audit::keep_seal(&mut tx, &seal, &lines).await?;
        tx.commit().await?;
        sealed += lines.len() as i64;
    }
}

/// How many lines wait for their seal.
pub async fn waiting(app: &App) -> Result<i64> {
    let mut tx = app.db.read().await?;
    Ok(audit::count_unsealed(&mut tx).await?)
}

/// Recomputes the whole chain.
pub async fn check(tx: &mut Tx) -> Result<ChainReport> {
    let seals = audit::seals(tx).await?;
    let mut report = ChainReport {
        seals: seals.len() as i64,
        ..ChainReport::default()
    };
    let (mut previous_hash, mut previous_number, mut expected) = (String::new(), 0, 1);
    for seal in &seals {
        let lines = lines_between(tx, seal.first_position, seal.last_position).await?;
        let mut hashes = Vec::with_capacity(lines.len());
        let mut found = lines.iter().peekable();
        for position in seal.first_position..=seal.last_position {
            match found.next_if(|sealed| sealed.position == position) {
                None => report.breaks.push(Break::Missing { position }),
                Some(sealed) => {
                    let hash = line_hash(&sealed.line, position);
                    if hash != sealed.line_hash {
                        report.breaks.push(Break::Changed {
                            position,
                            id: sealed.line.id.to_string(),
                        });
                    }
                    hashes.push(hash);
                }
            }
        }
        let follows = seal.number == previous_number + 1
            && seal.first_position == expected
            && seal.previous_hash == previous_hash
            && seal.hash
                == seal_hash(
                    seal.number,
                    &previous_hash,
                    hashes.iter().map(String::as_str),
                );
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
            id: stray.line.id.to_string(),
        });
    }
    report.head = previous_hash;
    Ok(report)
}

async fn lines_between(tx: &mut Tx, first: i64, last: i64) -> Result<Vec<SealedLine>> {
    let mut lines = audit::sealed_lines(tx, first, last - first + 1).await?;
    lines.retain(|sealed| sealed.position <= last);
    Ok(lines)
}

// The path is left out: a move of the unit rewrites it, and the unit's id says whom the line is about.
fn line_hash(line: &AuditLine, position: i64) -> String {
    let unit = line.unit_id.map_or_else(String::new, |id| id.to_string());
    let fields = serde_json::json!([
        position,
        line.id.to_string(),
        line.at.to_string(),
        line.account_id,
        line.account_name,
        line.act,
        line.noun,
        line.noun_id,
        unit,
        line.detail,
    ]);
    content_hash(fields.to_string().as_bytes())
}

fn seal_hash<'a>(
    number: i64,
    previous_hash: &str,
    line_hashes: impl Iterator<Item = &'a str>,
) -> String {
    let mut text = format!("{number}\n{previous_hash}\n");
    for hash in line_hashes {
        text.push_str(hash);
        text.push('\n');
    }
    content_hash(text.as_bytes())
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
