//! Evidence: photos and documents kept once and used by any number of facts and activities.

use std::collections::BTreeMap;

use crate::core::refusal::Refuse;
use jianjia_standard::{
    Standard,
    check::FactName,
    fact::{Fact, FactValue},
    text::Lang,
};
use jiff::Timestamp;

use crate::{
    core::ids::{AccountId, ActivityId, EntryId, EvidenceId, PersonId, UnitId},
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
}

impl std::fmt::Display for Target {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Target::Fact(key) => write!(formatter, "fact:{key}"),
            Target::PersonFact(person, key) => write!(formatter, "person:{person}:{key}"),
            Target::Activity(id) => write!(formatter, "activity:{id}"),
            Target::Entry(id) => write!(formatter, "entry:{id}"),
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

/// Why a file is not taken.
#[derive(Clone, Debug, PartialEq)]
pub enum EvidenceRefusal {
    Empty {
        name: String,
    },
    TooLarge {
        name: String,
    },
    /// The ending says one thing, the content another.
    NotWhatItSays {
        name: String,
        said: MediaType,
        real: Option<MediaType>,
    },
    /// No kind of file that is taken.
    NotTaken {
        name: String,
    },
    /// An image that can't be read.
    Broken {
        name: String,
    },
    /// A file kept here that is no longer what was attached.
    Damaged {
        name: String,
    },
    /// An image that would take too much memory to look at.
    TooManyPixels {
        name: String,
        width: u32,
        height: u32,
    },
    /// Other images are being looked at, and this one waited as long as one waits.
    Busy {
        name: String,
    },
    NoFile,
    /// Facts or activities still stand on it.
    InUse {
        name: String,
        uses: usize,
    },
}

impl Refuse for EvidenceRefusal {
    fn key(&self) -> &'static str {
        match self {
            EvidenceRefusal::Empty { .. } => "evidence/empty",
            EvidenceRefusal::TooLarge { .. } => "evidence/too-large",
            EvidenceRefusal::NotWhatItSays { .. } => "evidence/not-what-it-says",
            EvidenceRefusal::NotTaken { .. } => "evidence/not-taken",
            EvidenceRefusal::Broken { .. } => "evidence/broken",
            EvidenceRefusal::Damaged { .. } => "evidence/damaged",
            EvidenceRefusal::TooManyPixels { .. } => "evidence/too-many-pixels",
            EvidenceRefusal::Busy { .. } => "evidence/busy",
            EvidenceRefusal::NoFile => "evidence/no-file",
            EvidenceRefusal::InUse { .. } => "evidence/in-use",
        }
    }

    fn sentence(&self, lang: Lang) -> String {
        match lang {
            Lang::Zh => match self {
                EvidenceRefusal::InUse { name, uses } => {
                    format!("“{name}”还有 {uses} 处在用，没有删除。请先从用到它的地方取下。")
                }
                EvidenceRefusal::Empty { name } => {
                    format!("“{name}”是空文件，没有上传。请重新选择。")
                }
                EvidenceRefusal::TooLarge { name } => {
                    format!(
                        "“{name}”超过 20 MB，没有上传。照片请用较低的清晰度再拍一次，文件请拆成几份。"
                    )
                }
                EvidenceRefusal::NotWhatItSays { name, said, real } => {
                    let real = real.map_or("不是我们认识的格式".to_owned(), |real| {
                        format!("其实是 {} 文件", real.word())
                    });
                    format!(
                        "“{name}”的名字说它是 {} 文件，内容{real}，没有上传。请用原来的软件另存为正确的格式，再上传。",
                        said.word()
                    )
                }
                EvidenceRefusal::NotTaken { name } => format!(
                    "“{name}”不是可以上传的格式，没有上传。可以上传照片（JPG、PNG）、PDF、Word（.docx）、Excel（.xlsx）和 PowerPoint（.pptx）。"
                ),
                EvidenceRefusal::Broken { name } => {
                    format!(
                        "“{name}”这张图片打不开，可能没有传完整，没有上传。请重新拍照或重新选择。"
                    )
                }
                EvidenceRefusal::Damaged { name } => format!(
                    "“{name}”存放的文件已损坏或丢失，不能打开：它已不是当初上传的内容。请把原来的文件重新上传一次，这里就会恢复；也请告诉系统管理员。"
                ),
                EvidenceRefusal::TooManyPixels {
                    name,
                    width,
                    height,
                } => format!(
                    "“{name}”这张图片太大（{width}×{height} 像素，最多 {} 万像素；16 位或带透明的更少），没有上传。请用看图软件把它缩小到一半以下，另存为 JPG 后再上传；手机拍照请关掉“高像素”模式。",
                    LARGEST_PICTURE / 10_000
                ),
                EvidenceRefusal::Busy { name } => format!(
                    "正在处理别人的图片，“{name}”等了一会儿还没有轮到，没有上传。请过一分钟再上传一次。"
                ),
                EvidenceRefusal::NoFile => {
                    "还没有选择文件。请先选择照片或文件，再上传。".to_owned()
                }
            },
            Lang::En => match self {
                EvidenceRefusal::InUse { name, uses } => {
                    format!(
                        "\"{name}\" is still used in {uses} places and was not removed. Detach it there first."
                    )
                }
                EvidenceRefusal::Empty { name } => {
                    format!("\"{name}\" is empty and was not uploaded. Please choose again.")
                }
                EvidenceRefusal::TooLarge { name } => {
                    format!(
                        "\"{name}\" is larger than 20 MB and was not uploaded. Take the photo at a lower resolution, or split the file."
                    )
                }
                EvidenceRefusal::NotWhatItSays { name, said, real } => {
                    let real = real.map_or("is nothing we know".to_owned(), |real| {
                        format!("is really {}", real.word())
                    });
                    format!(
                        "\"{name}\" says it is {}, but its content {real}; it was not uploaded. Save it in the right format with the program it comes from, and upload that.",
                        said.word()
                    )
                }
                EvidenceRefusal::NotTaken { name } => format!(
                    "\"{name}\" is of a kind that can't be uploaded. Photos (JPG, PNG), PDF, Word (.docx), Excel (.xlsx) and PowerPoint (.pptx) can."
                ),
                EvidenceRefusal::Broken { name } => {
                    format!(
                        "The image \"{name}\" can't be opened, perhaps it is incomplete; it was not uploaded. Take or choose it again."
                    )
                }
                EvidenceRefusal::Damaged { name } => format!(
                    "The file kept as \"{name}\" is damaged or missing and can't be opened: it is no longer what was uploaded. Upload the original again to repair it, and tell the administrator."
                ),
                EvidenceRefusal::TooManyPixels {
                    name,
                    width,
                    height,
                } => format!(
                    "The image \"{name}\" is too large ({width} × {height} pixels; the most is {} million, less with 16 bits or transparency) and was not uploaded. Make it half as wide and high or smaller and save it as JPG; on a phone, switch off the high-resolution mode.",
                    LARGEST_PICTURE / 1_000_000
                ),
                EvidenceRefusal::Busy { name } => format!(
                    "Other images are being processed, and the turn of \"{name}\" did not come in time; it was not uploaded. Upload it again in a minute."
                ),
                EvidenceRefusal::NoFile => {
                    "No file was chosen. Choose a photo or document first.".to_owned()
                }
            },
        }
    }
}
