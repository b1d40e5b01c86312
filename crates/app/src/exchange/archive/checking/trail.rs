//! The chain of an archive: every complete line has its hash, every seal follows from the hashes of its lines and the seal before, and the signed heads are of
//! this chain.

use anyhow::{Context, Result};
use jianjia_domain::core::audit::{AuditLine, Written};
use jianjia_store::core::audit::{Recorded, Seal};
use serde_json::{Map, Value};

use super::{Archive, Checked, Faults};
use crate::{
    core::{
        head::{Head, is_consistent},
        seal::{Break, is_of, line_hash},
    },
    exchange::archive::trail::{HEADS, LINES, SEALS},
};

pub(super) fn check(archive: &mut Archive, checked: &mut Checked) {
    let (Some(line), Some(seal), Some(head)) = (
        archive.shape("trail-line"),
        archive.shape("trail-seal"),
        archive.shape("trail-head"),
    ) else {
        return;
    };
    let mut seals: Vec<Seal> = Vec::new();
    archive.each_line(SEALS, &seal, |line, _, _| seals.push(seal_of(&line)));
    for (seal, before) in seals
        .iter()
        .zip(std::iter::once(None).chain(seals.iter().map(Some)))
    {
        if !follows(seal, before) {
            let fault = Break::Seal {
                number: seal.number,
            };
            archive.faults.add(fault.sentence());
        }
    }
    let mut chain = Chain::begin(&seals);
    archive.each_line(LINES, &line, |line, _, faults| chain.take(&line, faults));
    chain.end(&mut archive.faults);
    checked.trail = chain.lines;
    checked.seals = seals.iter().filter(|seal| seal.number > 0).count() as i64;
    checked.head = seals
        .last()
        .map_or_else(String::new, |seal| seal.hash.clone());
    archive.each_line(HEADS, &head, |line, place, faults| {
        let Ok(head) = serde_json::from_value::<Head>(Value::from(line)) else {
            return;
        };
        let seal = seals.iter().find(|seal| seal.number == head.number);
        let is_of_the_chain = seal.is_some_and(|seal| {
            seal.hash == head.hash
                && seal.sealed_at == head.sealed_at
                && seal.last_position == head.last_position
        });
        if !is_consistent(&head) {
            faults.add(format!("{place}：链头与它的签名不符。"));
        } else if !is_of_the_chain {
            faults.add(format!(
                "{place}：签名的链头（第 {} 号封存）不在审计链里。",
                head.number
            ));
        }
    });
}

/// Whether a seal goes on from the one before; the first of an archive goes on from what is not in it.
fn follows(seal: &Seal, before: Option<&Seal>) -> bool {
    match before {
        None if seal.number == 0 => *seal == Seal::beginning(&seal.previous_hash, &seal.sealed_at),
        None => true,
        Some(before) => {
            seal.number == before.number + 1
                && seal.previous_hash == before.hash
                && seal.first_position == before.last_position + 1
        }
    }
}

/// The lines as they are read, beside the seals that they belong to.
struct Chain<'a> {
    seals: std::slice::Iter<'a, Seal>,
    /// The seal that is being filled, and the hashes of its lines.
    open: Option<&'a Seal>,
    hashes: Vec<String>,
    expected: i64,
    lines: i64,
    /// Whether a line was told of that belongs to no seal.
    is_beyond: bool,
}

impl<'a> Chain<'a> {
    fn begin(seals: &'a [Seal]) -> Chain<'a> {
        let mut chain = Chain {
            seals: seals.iter(),
            open: None,
            hashes: Vec::new(),
            expected: 0,
            lines: 0,
            is_beyond: false,
        };
        chain.open_next();
        chain.expected = chain.open.map_or(1, |seal| seal.first_position);
        chain
    }

    fn open_next(&mut self) {
        // Number 0 covers no lines.
        self.open = self.seals.find(|seal| seal.number > 0);
    }

    fn take(&mut self, line: &Map<String, Value>, faults: &mut Faults) {
        self.lines += 1;
        let position = line["position"].as_i64().unwrap_or_default();
        let told = line["hash"].as_str().unwrap_or_default();
        let id = line.get("id").and_then(Value::as_str);
        let changed = |id: Option<&str>| {
            let id = id.unwrap_or_default().to_owned();
            Break::Changed { position, id }.sentence()
        };
        if self.open.is_none() {
            // The first says it for all that follow.
            if !self.is_beyond {
                faults.add(changed(id));
            }
            self.is_beyond = true;
            return;
        }
        if position < self.expected {
            faults.add(changed(id));
            return;
        }
        if self.expected < position {
            let fault = Break::Missing {
                position: self.expected,
            };
            faults.add(fault.sentence());
            self.skip_to(position, faults);
            if self.open.is_none() {
                return;
            }
        }
        let hash = match id {
            // Its hash alone.
            None => told.to_owned(),
            Some(id) => {
                let hash = recorded_of(line).map(|recorded| line_hash(&recorded, position));
                let hash = hash.unwrap_or_default();
                if hash != told {
                    faults.add(changed(Some(id)));
                }
                hash
            }
        };
        self.next(hash, faults);
    }

    /// Adds the hash of the expected line, and closes the seal with its last one.
    fn next(&mut self, hash: String, faults: &mut Faults) {
        let Some(seal) = self.open else { return };
        self.hashes.push(hash);
        self.expected += 1;
        if self.expected > seal.last_position {
            if !is_of(seal, &self.hashes) {
                let fault = Break::Seal {
                    number: seal.number,
                };
                faults.add(fault.sentence());
            }
            self.hashes.clear();
            self.open_next();
        }
    }

    /// Goes on at a position, past lines that are missing: seals that end before it can't be right.
    fn skip_to(&mut self, position: i64, faults: &mut Faults) {
        while let Some(seal) = self.open.filter(|seal| seal.last_position < position) {
            let fault = Break::Seal {
                number: seal.number,
            };
            faults.add(fault.sentence());
            self.hashes.clear();
            self.open_next();
        }
        self.expected = position;
    }

    /// Lines that are missing at the end.
    fn end(&mut self, faults: &mut Faults) {
        if self.open.is_some() {
            let position = self.expected;
            faults.add(Break::Missing { position }.sentence());
        }
    }
}

fn seal_of(line: &Map<String, Value>) -> Seal {
    let number = |name: &str| line[name].as_i64().unwrap_or_default();
    let text = |name: &str| line[name].as_str().unwrap_or_default().to_owned();
    Seal {
        number: number("number"),
        first_position: number("first_position"),
        last_position: number("last_position"),
        previous_hash: text("previous_hash"),
        hash: text("hash"),
        sealed_at: text("sealed_at"),
    }
}

fn recorded_of(line: &Map<String, Value>) -> Result<Recorded> {
    let part = |name: &str| line.get(name).context("a part of the line");
    let text = |name: &str| anyhow::Ok(part(name)?.as_str().context("a text")?.to_owned());
    let unit = part("unit_id")?.as_str();
    let number = part("record_number")?.as_i64();
    let digest = part("record_digest")?.as_str();
    Ok(Recorded {
        line: AuditLine {
            id: text("id")?.parse()?,
            at: text("at")?.parse()?,
            account_id: text("account_id")?,
            account_name: text("account_name")?,
            act: Written::read(text("act")?),
            noun: Written::read(text("noun")?),
            noun_id: text("noun_id")?,
            unit_id: unit.map(str::parse).transpose()?,
            unit_path: String::new(),
            detail: part("detail")?.clone(),
        },
        record: number.zip(digest.map(str::to_owned)),
    })
}
