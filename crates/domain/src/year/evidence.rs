//! Evidence: photos and documents kept once and used by any number of facts and activities.

mod refusal;

use std::collections::BTreeMap;

use jianjia_standard::{
    Standard,
    check::FactName,
    fact::{Fact, FactValue},
};
use jiff::Timestamp;

pub use self::refusal::EvidenceRefusal;
use crate::{
    core::ids::{
        AccountId, ActivityId, CaseId, EntryId, EvidenceId, LedgerEntryId, PersonId, TopicId,
        UnitId,
    },
    year::statement,
};

/// The largest file that is taken, in bytes (20 MiB).
pub const LARGEST_FILE: usize = 20 * 1024 * 1024;

/// The most pixels of an image.
pub const LARGEST_PICTURE: u64 = 40_000_000;

/// The kinds of file that are taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MediaType {
    Jpeg,
    Png,
    Pdf,
    Docx,
    Xlsx,
    Pptx,
}

impl MediaType {
    pub const ALL: [MediaType; 6] = [
        MediaType::Jpeg,
        MediaType::Png,
        MediaType::Pdf,
        MediaType::Docx,
        MediaType::Xlsx,
        MediaType::Pptx,
    ];

    pub fn mime(self) -> &'static str {
        match self {
            MediaType::Jpeg => "image/jpeg",
            MediaType::Png => "image/png",
            MediaType::Pdf => "application/pdf",
            MediaType::Docx => {
                "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
            }
            MediaType::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            MediaType::Pptx => {
                "application/vnd.openxmlformats-officedocument.presentationml.presentation"
            }
        }
    }

    pub fn from_mime(mime: &str) -> Option<MediaType> {
        MediaType::ALL.into_iter().find(|kind| kind.mime() == mime)
    }

    /// The endings a file of this kind may have, the usual one first.
    pub fn endings(self) -> &'static [&'static str] {
        match self {
            MediaType::Jpeg => &["jpg", "jpeg"],
            MediaType::Png => &["png"],
            MediaType::Pdf => &["pdf"],
            MediaType::Docx => &["docx"],
            MediaType::Xlsx => &["xlsx"],
            MediaType::Pptx => &["pptx"],
        }
    }

    pub fn is_image(self) -> bool {
        matches!(self, MediaType::Jpeg | MediaType::Png)
    }

    /// The short word shown to people, the same in both languages.
    pub fn word(self) -> &'static str {
        match self {
            MediaType::Jpeg => "JPEG",
            MediaType::Png => "PNG",
            MediaType::Pdf => "PDF",
            MediaType::Docx => "Word",
            MediaType::Xlsx => "Excel",
            MediaType::Pptx => "PowerPoint",
        }
    }
}

#[derive(Clone, Debug, PartialEq)]
pub struct Evidence {
    pub id: EvidenceId,
    pub unit: UnitId,
    pub unit_path: String,
    /// SHA-256 of the content.
    pub hash: String,
    pub name: String,
    pub media_type: MediaType,
    pub bytes: i64,
    pub uploaded_by: Option<AccountId>,
    pub uploaded_by_name: String,
    pub uploaded_at: Timestamp,
    pub removed_at: Option<Timestamp>,
}

/// The questions among `named` that a reviewer wants to see a document on and has none. One that is not answered, or answered with no or none,
/// claims nothing that could be documented; what hangs on a yes that was not said is not asked.
pub fn lacking<'a>(
    standard: &'a Standard,
    named: &[&FactName],
    facts: &BTreeMap<String, FactValue>,
    has: impl Fn(&str) -> bool,
) -> Vec<&'a Fact> {
    let is_yes = |key: &String| facts.get(key) == Some(&FactValue::Truth(true));
    let found = named.iter().filter_map(|name| standard.fact(&name.key));
    let mut lacking: Vec<&Fact> = Vec::new();
    for fact in found.filter(|fact| fact.evidence && !has(&fact.key)) {
        let is_put = fact.ask_when.as_ref().is_none_or(is_yes);
        let is_claimed = facts.get(&fact.key).is_some_and(statement::claims);
        if is_put && is_claimed && !lacking.iter().any(|known| known.key == fact.key) {
            lacking.push(fact);
        }
    }
    lacking
}

/// What a piece of evidence speaks for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Target {
    /// A fact of the unit, by its key.
    Fact(String),
    /// A fact of a person of the unit.
    PersonFact(PersonId, String),
    Activity(ActivityId),
    /// What a department says of the unit: the unit's reply.
    Entry(EntryId),
    /// A photo of a case.
    Case(CaseId),
    /// What the unit says on a topic of study.
    Topic(TopicId),
    /// What the unit spent of granted money: the voucher.
    Spending(LedgerEntryId),
}

impl Target {
    /// Whether a piece comes to it with an act of its own, and goes by one: not by attaching and detaching evidence.
    pub fn is_of_an_act(&self) -> bool {
        matches!(
            self,
            Target::Entry(_) | Target::Case(_) | Target::Topic(_) | Target::Spending(_)
        )
    }
}

impl std::fmt::Display for Target {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Target::Fact(key) => write!(formatter, "fact:{key}"),
            Target::PersonFact(person, key) => write!(formatter, "person:{person}:{key}"),
            Target::Activity(id) => write!(formatter, "activity:{id}"),
            Target::Entry(id) => write!(formatter, "entry:{id}"),
            Target::Case(id) => write!(formatter, "case:{id}"),
            Target::Topic(id) => write!(formatter, "topic:{id}"),
            Target::Spending(id) => write!(formatter, "spending:{id}"),
        }
    }
}

impl Target {
    /// A fact of the unit, or of a person of it.
    pub fn fact(person: Option<&PersonId>, key: &str) -> Target {
        match person {
            None => Target::Fact(key.to_owned()),
            Some(person) => Target::PersonFact(*person, key.to_owned()),
        }
    }

    /// Reads what `Display` wrote.
    pub fn read(text: &str) -> Option<Target> {
        match text.split_once(':')? {
            ("fact", key) if !key.is_empty() => Some(Target::Fact(key.to_owned())),
            ("person", rest) => {
                let (person, key) = rest.split_once(':')?;
                Some(Target::PersonFact(person.parse().ok()?, key.to_owned()))
            }
            ("activity", id) => id.parse().ok().map(Target::Activity),
            ("entry", id) => id.parse().ok().map(Target::Entry),
            ("case", id) => id.parse().ok().map(Target::Case),
            ("topic", id) => id.parse().ok().map(Target::Topic),
            ("spending", id) => id.parse().ok().map(Target::Spending),
            _ => None,
        }
    }
}

/// One use of a piece of evidence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EvidenceUse {
    pub evidence: EvidenceId,
    pub year: i16,
    pub target: Target,
}

/// Whether a piece with these uses is a voucher of spending and nothing else. It belongs to the pages of the money and is read by those who read that: it
/// stands in no list of evidence.
pub fn is_only_voucher<'a>(targets: impl IntoIterator<Item = &'a Target>) -> bool {
    let mut targets = targets.into_iter().peekable();
    targets.peek().is_some() && targets.all(|target| matches!(target, Target::Spending(_)))
}

/// Whether a file is taken: by its name, its size and what its bytes really are (`None`: nothing that is known).
///
/// # Errors
/// `Empty`; `TooLarge` beyond [`LARGEST_FILE`] bytes; `NotTaken` when the ending is of no kind that is taken; `NotWhatItSays` when the bytes
/// are of another kind than the ending.
pub fn admit(
    name: &str,
    bytes: usize,
    real: Option<MediaType>,
) -> Result<MediaType, EvidenceRefusal> {
    if bytes == 0 {
        return Err(EvidenceRefusal::Empty {
            name: name.to_owned(),
        });
    }
    if bytes > LARGEST_FILE {
        return Err(EvidenceRefusal::TooLarge {
            name: name.to_owned(),
            bytes,
        });
    }
    let ending = name
        .rsplit_once('.')
        .map_or(String::new(), |(_, ending)| ending.to_lowercase());
    let said = MediaType::ALL
        .into_iter()
        .find(|kind| kind.endings().contains(&ending.as_str()));
    match (said, real) {
        (Some(said), Some(real)) if said == real => Ok(real),
        (Some(said), _) => Err(EvidenceRefusal::NotWhatItSays {
            name: name.to_owned(),
            said,
            real,
        }),
        (None, _) => Err(EvidenceRefusal::NotTaken {
            name: name.to_owned(),
        }),
    }
}

/// Whether a file is taken where photos alone are.
///
/// # Errors
/// As `admit`; `NotAPhoto` when neither its ending nor its bytes are those of a photo, or only one of them.
pub fn admit_photo(
    name: &str,
    bytes: usize,
    real: Option<MediaType>,
) -> Result<MediaType, EvidenceRefusal> {
    match admit(name, bytes, real) {
        Ok(kind) if kind.is_image() => Ok(kind),
        // One kind of photo that is named like the other is told so.
        Err(EvidenceRefusal::NotWhatItSays {
            name,
            said,
            real: Some(real),
        }) if said.is_image() && real.is_image() => Err(EvidenceRefusal::NotWhatItSays {
            name,
            said,
            real: Some(real),
        }),
        Ok(_) | Err(EvidenceRefusal::NotTaken { .. } | EvidenceRefusal::NotWhatItSays { .. }) => {
            Err(EvidenceRefusal::NotAPhoto {
                name: name.to_owned(),
            })
        }
        Err(other) => Err(other),
    }
}

/// The name a file is kept under: no folders, no control characters, not too long, with its ending.
pub fn plain_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or("");
    let clean: String = last
        .chars()
        .filter(|letter| !letter.is_control() && !"\"<>|:*?".contains(*letter))
        .collect();
    let clean = clean.trim().trim_start_matches('.');
    let (stem, ending) = clean.rsplit_once('.').unwrap_or((clean, ""));
    let stem: String = stem.chars().take(80).collect();
    if ending.is_empty() {
        stem
    } else {
        format!("{stem}.{ending}")
    }
}
