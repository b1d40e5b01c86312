//! The draw of a spot check, which anybody can repeat from the frame's file and the seed: `docs/draw.md` has the canonical form, `docs/draw.py` does
//! the same in another language. It knows nothing of units: a frame has names, strata and sizes.

use std::{collections::BTreeMap, fmt::Write};

use jianjia_standard::Lang;
use sha2::{Digest, Sha256};

use crate::core::refusal::Refuse;

/// The first line of a frame's file.
const FRAME: &str = "jianjia frame 1";

/// The first line of a sample.
const SAMPLE: &str = "jianjia sample 1";

/// A number of fewer digits can be tried out beforehand: three digits give a thousand samples to choose a frame for.
pub const FEWEST_DIGITS: usize = 5;

const MOST_DIGITS: usize = 64;

/// Who can be drawn, and how many of each stratum.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Frame {
    pub year: i16,
    /// Of which public draw the seed is a number.
    pub lottery: String,
    /// By name: how many units a stratum has, and how many of them are drawn.
    pub strata: BTreeMap<String, Size>,
    /// The stratum of each unit, by its name in the file.
    pub units: BTreeMap<String, String>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Size {
    pub units: u64,
    pub sample: u64,
}

/// One that was drawn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Drawn {
    pub stratum: String,
    /// From 1 in the stratum.
    pub place: u64,
    pub ticket: String,
    pub unit: String,
}

/// Draws: in each stratum those with the smallest tickets, in the order of the strata's names. Two equal tickets would stand in the order of the
/// units' names.
pub fn draw(frame: &Frame, seed: &str) -> Vec<Drawn> {
    let mut tickets: BTreeMap<&str, Vec<(String, &str)>> = BTreeMap::new();
    for (unit, stratum) in &frame.units {
        let of_stratum = tickets.entry(stratum).or_default();
        of_stratum.push((ticket(seed, unit), unit));
    }
    let mut drawn = Vec::new();
    for (stratum, mut tickets) in tickets {
        tickets.sort_unstable();
        let sample = frame.strata.get(stratum).map_or(0, |size| size.sample);
        for (place, (ticket, unit)) in (1..=sample).zip(tickets) {
            drawn.push(Drawn {
                stratum: stratum.to_owned(),
                place,
                ticket,
                unit: unit.to_owned(),
            });
        }
    }
    drawn
}

/// SHA-256 of the seed, a space and the name, in hexadecimal digits.
pub fn ticket(seed: &str, name: &str) -> String {
    hash(format!("{seed} {name}").as_bytes())
}

/// SHA-256 in lower-case hexadecimal digits.
pub fn hash(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    Sha256::digest(bytes)
        .iter()
        .flat_map(|byte| [byte >> 4, byte & 15])
        .map(|digit| char::from(DIGITS[usize::from(digit)]))
        .collect()
}

/// The frame's file: it is published, and its hash.
pub fn frame_text(frame: &Frame) -> String {
    let mut text = format!("{FRAME}\nyear {}\nseed {}\n", frame.year, frame.lottery);
    // Writing to a text never fails.
    for (stratum, size) in &frame.strata {
        let _ = writeln!(text, "stratum {stratum} {} {}", size.units, size.sample);
    }
    for (unit, stratum) in &frame.units {
        let _ = writeln!(text, "unit {unit} {stratum}");
    }
    text
}

/// The sample's file: what the command and the script print.
pub fn sample_text(frame_hash: &str, seed: &str, drawn: &[Drawn]) -> String {
    let mut text = format!("{SAMPLE}\nframe {frame_hash}\nseed {seed}\n");
    for Drawn {
        stratum,
        place,
        ticket,
        unit,
    } in drawn
    {
        let _ = writeln!(text, "drawn {stratum} {place} {ticket} {unit}");
    }
    text
}

/// A number as it was published, as the digits that count: spaces and signs between the numbers of a draw fall away, full-width digits are digits.
///
/// # Errors
/// `NoSeed` when there is anything else in it, or too few or many digits.
pub fn seed(typed: &str) -> Result<String, DrawRefusal> {
    let mut digits = String::new();
    for letter in typed.chars() {
        match letter {
            '0'..='9' => digits.push(letter),
            '０'..='９' => digits.push(char::from(b'0' + (u32::from(letter) - 0xff10) as u8)),
            ' ' | '\u{3000}' | '\t' | '\n' | '\r' | '+' | '-' | ',' | '，' | '、' | '＋' => {}
            _ => {
                return Err(DrawRefusal::NotDigits {
                    found: letter.to_string(),
                });
            }
        }
    }
    if (FEWEST_DIGITS..=MOST_DIGITS).contains(&digits.len()) {
        Ok(digits)
    } else {
        Err(DrawRefusal::WrongLength {
            digits: digits.len(),
        })
    }
}

/// Reads a frame's file, which is one byte for byte: what `frame_text` writes.
///
/// # Errors
/// `NotAFrame` with the first line that is wrong.
pub fn read_frame(text: &str) -> Result<Frame, DrawRefusal> {
    let wrong = |line: usize, why: Wrong| DrawRefusal::NotAFrame {
        line: line + 1,
        why,
    };
    let mut frame = Frame::default();
    let mut counted: BTreeMap<&str, u64> = BTreeMap::new();
    let lines: Vec<&str> = text.split('\n').collect();
    for (place, line) in lines.iter().enumerate() {
        let words: Vec<&str> = line.split(' ').collect();
        match (place, words.as_slice()) {
            (0, _) if *line == FRAME => {}
            (0, _) => return Err(wrong(place, Wrong::Beginning)),
            (1, ["year", year]) => {
                frame.year = year.parse().map_err(|_| wrong(place, Wrong::Line))?;
            }
            (2, ["seed", ..]) => frame.lottery = line["seed ".len().min(line.len())..].to_owned(),
            (3.., ["stratum", name, units, sample]) if frame.units.is_empty() && is_name(name) => {
                let number = |word: &str| word.parse().map_err(|_| wrong(place, Wrong::Line));
                let size = Size {
                    units: number(units)?,
                    sample: number(sample)?,
                };
                if frame.strata.insert((*name).to_owned(), size).is_some() {
                    return Err(wrong(place, Wrong::Twice));
                }
            }
            (3.., ["unit", unit, stratum]) if is_name(unit) => {
                if !frame.strata.contains_key(*stratum) {
                    return Err(wrong(place, Wrong::NoStratum));
                }
                *counted.entry(stratum).or_default() += 1;
                let before = frame
                    .units
                    .insert((*unit).to_owned(), (*stratum).to_owned());
                if before.is_some() {
                    return Err(wrong(place, Wrong::Twice));
                }
            }
            // After the last line's end.
            (3.., [""]) if place + 1 == lines.len() => {}
            _ => return Err(wrong(place, Wrong::Line)),
        }
    }
    let is_counted = |(name, size): (&String, &Size)| {
        counted.get(name.as_str()).copied().unwrap_or(0) == size.units && size.sample <= size.units
    };
    if !frame.strata.iter().all(is_counted) {
        return Err(wrong(lines.len() - 1, Wrong::Count));
    }
    // In another order it would have another hash.
    if frame_text(&frame) != text {
        return Err(wrong(lines.len() - 1, Wrong::Order));
    }
    Ok(frame)
}

fn is_name(word: &str) -> bool {
    (1..=64).contains(&word.len())
        && word
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
}

/// One who can be drawn for something else, by name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate<'a> {
    pub name: &'a str,
    /// How much they were drawn for already.
    pub load: u64,
}

/// Who is drawn of some candidates for a thing: whoever was drawn for least so far, and of those the smallest ticket of seed, thing and name.
pub fn next_of(seed: &str, thing: &str, candidates: &[Candidate<'_>]) -> Option<(usize, String)> {
    let of = |candidate: &Candidate<'_>| ticket(seed, &format!("{thing} {}", candidate.name));
    let drawn = candidates
        .iter()
        .enumerate()
        .map(|(place, candidate)| (candidate.load, of(candidate), candidate.name, place))
        .min();
    drawn.map(|(_, ticket, _, place)| (place, ticket))
}

/// What is wrong with a line of a frame's file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wrong {
    Beginning,
    Line,
    Twice,
    NoStratum,
    Count,
    Order,
}

/// Why nothing can be drawn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DrawRefusal {
    NotDigits { found: String },
    WrongLength { digits: usize },
    NotAFrame { line: usize, why: Wrong },
}

impl Refuse for DrawRefusal {
    fn sentence(&self, lang: Lang) -> String {
        match (self, lang) {
            (DrawRefusal::NotDigits { found }, Lang::Zh) => {
                format!(
                    "种子里有“{found}”：只填开奖公布的数字，各个号码按公布的先后，中间可以空格。"
                )
            }
            (DrawRefusal::NotDigits { found }, Lang::En) => {
                format!(
                    "The seed contains “{found}”: give only the numbers that were published, in the order of their publication; spaces between them are fine."
                )
            }
            (DrawRefusal::WrongLength { digits }, Lang::Zh) => {
                format!(
                    "种子有{digits}位数字，要{FEWEST_DIGITS}到{MOST_DIGITS}位：位数太少的，可以事先一个个试出来。请照开奖公布的号码填全。"
                )
            }
            (DrawRefusal::WrongLength { digits }, Lang::En) => {
                format!(
                    "The seed has {digits} digits; it takes {FEWEST_DIGITS} to {MOST_DIGITS}, since shorter ones could be tried out beforehand. Give all numbers that were published."
                )
            }
            (DrawRefusal::NotAFrame { line, why }, Lang::Zh) => {
                let why = match why {
                    Wrong::Beginning => "第一行不是“jianjia frame 1”",
                    Wrong::Line => "这一行不合格式",
                    Wrong::Twice => "这一行的名称前面已经有了",
                    Wrong::NoStratum => "这一行的层没有列在前面",
                    Wrong::Count => "各层的单位数和列出的单位对不上",
                    Wrong::Order => "行的先后不对，或者有多余的字符",
                };
                format!(
                    "这不是公布的抽样框文件（第{line}行）：{why}。请从公示页面重新下载，核对校验码，不要另存或改动。"
                )
            }
            (DrawRefusal::NotAFrame { line, why }, Lang::En) => {
                let why = match why {
                    Wrong::Beginning => "the first line is not “jianjia frame 1”",
                    Wrong::Line => "the line has another form",
                    Wrong::Twice => "the line's name stood before",
                    Wrong::NoStratum => "the line's stratum is not listed above",
                    Wrong::Count => "the sizes of the strata are not those of the units listed",
                    Wrong::Order => "the lines are in another order, or there is something more",
                };
                format!(
                    "This is not the file of a frame as it was published (line {line}): {why}. Download it again from the public page, compare its hash, and don't save it anew or change it."
                )
            }
        }
    }

    fn key(&self) -> &'static str {
        match self {
            DrawRefusal::NotDigits { .. } => "draw/not-digits",
            DrawRefusal::WrongLength { .. } => "draw/wrong-length",
            DrawRefusal::NotAFrame { .. } => "draw/not-a-frame",
        }
    }
}

#[cfg(test)]
mod tests;
