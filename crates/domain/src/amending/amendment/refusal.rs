//! Why a new version is not taken, proposed or confirmed.

use jianjia_standard::{Lang, amendment::ChangeError};
use jiff::civil::Date;

use super::AmendmentState;
use crate::core::refusal::Refuse;

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AmendmentRefusal {
    NoName,
    NoReason,
    TooLong {
        most: usize,
    },
    NoFile,
    /// What was sent is no file of a standard.
    OtherFile {
        name: String,
    },
    NotText {
        name: String,
    },
    FileTooLarge {
        name: String,
        most: usize,
    },
    TogetherTooLarge {
        most: usize,
    },
    TooManyFiles {
        most: usize,
    },
    /// The ZIP can't be read.
    Damaged {
        name: String,
    },
    /// Two of the files that were sent have one name.
    Twice {
        name: String,
    },
    /// The files say what the ones before said.
    NothingChanged,
    /// Changes of a proposal that can't be made.
    Changes(Vec<ChangeError>),
    NotOpen {
        state: AmendmentState,
    },
    NotChecked {
        mistakes: usize,
    },
    NoYear,
    NoDay,
    OutsideProgramme {
        year: i16,
        first: i16,
        last: i16,
    },
    Decided {
        year: i16,
        judgements: i64,
    },
    HoldsAlready {
        year: i16,
    },
    AnotherWaits {
        name: String,
    },
    DayOver {
        day: Date,
    },
    UnderWay {
        year: i16,
        begins_on: Date,
    },
    NotProposed,
    OwnProposal,
    /// It holds, or waits no more.
    NotWaiting,
    /// Something of its years was decided before its day came.
    Overtaken {
        year: i16,
    },
}

impl Refuse for AmendmentRefusal {
    fn key(&self) -> &'static str {
        match self {
            AmendmentRefusal::NoName => "amendment/no-name",
            AmendmentRefusal::NoReason => "amendment/no-reason",
            AmendmentRefusal::TooLong { .. } => "amendment/too-long",
            AmendmentRefusal::NoFile => "amendment/no-file",
            AmendmentRefusal::OtherFile { .. } => "amendment/other-file",
            AmendmentRefusal::NotText { .. } => "amendment/not-text",
            AmendmentRefusal::FileTooLarge { .. } => "amendment/file-too-large",
            AmendmentRefusal::TogetherTooLarge { .. } => "amendment/together-too-large",
            AmendmentRefusal::TooManyFiles { .. } => "amendment/too-many-files",
            AmendmentRefusal::Damaged { .. } => "amendment/damaged",
            AmendmentRefusal::Twice { .. } => "amendment/twice",
            AmendmentRefusal::NothingChanged => "amendment/nothing-changed",
            AmendmentRefusal::Changes(_) => "amendment/changes",
            AmendmentRefusal::NotOpen { .. } => "amendment/not-open",
            AmendmentRefusal::NotChecked { .. } => "amendment/not-checked",
            AmendmentRefusal::NoYear => "amendment/no-year",
            AmendmentRefusal::NoDay => "amendment/no-day",
            AmendmentRefusal::OutsideProgramme { .. } => "amendment/outside-programme",
            AmendmentRefusal::Decided { .. } => "amendment/decided",
            AmendmentRefusal::HoldsAlready { .. } => "amendment/holds-already",
            AmendmentRefusal::AnotherWaits { .. } => "amendment/another-waits",
            AmendmentRefusal::DayOver { .. } => "amendment/day-over",
            AmendmentRefusal::UnderWay { .. } => "amendment/under-way",
            AmendmentRefusal::NotProposed => "amendment/not-proposed",
            AmendmentRefusal::OwnProposal => "amendment/own-proposal",
            AmendmentRefusal::NotWaiting => "amendment/not-waiting",
            AmendmentRefusal::Overtaken { .. } => "amendment/overtaken",
        }
    }

    fn sentence(&self, lang: Lang) -> String {
        match lang {
            Lang::Zh => self.zh(),
            Lang::En => self.en(),
        }
    }
}

/// Megabytes, for people.
fn megabytes(bytes: usize) -> usize {
    bytes / (1024 * 1024)
}

impl AmendmentRefusal {
    fn zh(&self) -> String {
        match self {
            AmendmentRefusal::NoName => "请写新版标准的名称，例如“2017 年修订”。".to_owned(),
            AmendmentRefusal::NoReason => "请写明理由：它会留在历史记录里。".to_owned(),
            AmendmentRefusal::TooLong { most } => format!("太长了：最多 {most} 个字。请写短一些。"),
            AmendmentRefusal::NoFile => {
                "没有选文件。请选标准文件夹的 ZIP，或者其中的文件（standard.toml、facts.toml、cases 里的 .jsonl）。".to_owned()
            }
            AmendmentRefusal::OtherFile { name } => format!(
                "“{name}”不是标准的文件。标准由 standard.toml、facts.toml 和 cases 文件夹里的 .jsonl 组成，请只上传这些，或者它们的 ZIP。"
            ),
            AmendmentRefusal::NotText { name } => format!(
                "“{name}”不是 UTF-8 文本，读不出来。请用文本编辑器另存为 UTF-8 再上传。"
            ),
            AmendmentRefusal::FileTooLarge { name, most } => format!(
                "“{name}”超过 {} MB，标准的文件远没有这么大。请核对选的是不是这个文件。",
                megabytes(*most)
            ),
            AmendmentRefusal::TogetherTooLarge { most } => format!(
                "这些文件合起来超过 {} MB，标准的文件夹远没有这么大。请核对选的是不是这个文件夹。",
                megabytes(*most)
            ),
            AmendmentRefusal::TooManyFiles { most } => {
                format!("文件超过 {most} 个，标准的文件夹没有这么多。请核对选的是不是这个文件夹。")
            }
            AmendmentRefusal::Damaged { name } => {
                format!("“{name}”不是完好的 ZIP，打不开。请重新压缩标准的文件夹再上传。")
            }
            AmendmentRefusal::Twice { name } => {
                format!("“{name}”有两个，不知道用哪一个。请只留一个再上传。")
            }
            AmendmentRefusal::NothingChanged => {
                "上传的内容和现在的一样，没有改动，所以没有保存。请核对选的是不是改过的文件。".to_owned()
            }
            AmendmentRefusal::Changes(errors) => {
                let sentences: Vec<String> =
                    errors.iter().map(|error| error.sentence(Lang::Zh)).collect();
                sentences.concat()
            }
            AmendmentRefusal::NotOpen { state } => {
                let (_, state) = state.word().split_once('|').unwrap_or_default();
                format!("这一版现在是“{state}”，不能再改：提交确认以后内容就定了。要改的，先退回；已经确认的，请另建一版。")
            }
            AmendmentRefusal::NotChecked { mistakes } => format!(
                "这一版还有 {mistakes} 处要改正，检查通过以后才能提交确认。请按下面列的行、列改正文件，重新上传。"
            ),
            AmendmentRefusal::NoYear => "请写从哪个年度起执行，例如 2017。".to_owned(),
            AmendmentRefusal::NoDay => "请写从哪一天起执行，例如 2017-03-01。".to_owned(),
            AmendmentRefusal::OutsideProgramme { year, first, last } => format!(
                "这一版写明管 {first} 至 {last} 年度，{year} 年度不在里面。请改年度，或者改标准里的 first_year、last_year。"
            ),
            AmendmentRefusal::Decided { year, judgements } => format!(
                "{year} 年度已经按现行标准评判过（留存 {judgements} 份评判），评过的年度不能换标准。请从还没有办理过的年度起执行。"
            ),
            AmendmentRefusal::HoldsAlready { year } => {
                format!("{year} 年度执行的就是这一版，没有改动，不用再提交。")
            }
            AmendmentRefusal::AnotherWaits { name } => format!(
                "“{name}”已经确认，正等着生效，年度和这一版重叠。请先撤回那一版，或者等它生效以后再提交。"
            ),
            AmendmentRefusal::DayOver { day } => {
                format!("{day} 已经过了，新版标准只能从今天或以后的一天起执行。请改日期；已提交的，先退回再提交。")
            }
            AmendmentRefusal::UnderWay { year, begins_on } => format!(
                "{year} 年度从 {begins_on} 开始申报，进行中的年度不换标准，执行日要早于这一天。请改日期，或者从下一个年度起执行。"
            ),
            AmendmentRefusal::NotProposed => {
                "这一版没有在等确认：可能刚被退回、撤回或者已经确认。请看它现在的状态。".to_owned()
            }
            AmendmentRefusal::OwnProposal => {
                "提交和确认要由两个人办理：这一版是您提交的，请市总工会的另一位审批人确认。".to_owned()
            }
            AmendmentRefusal::NotWaiting => {
                "这一版不在等待生效：已经生效的标准不能撤回，要改的请另建一版。".to_owned()
            }
            AmendmentRefusal::Overtaken { year } => format!(
                "执行日到来以前，{year} 年度已经有了评判，所以这一版没有生效。请另建一版，从还没有办理过的年度起执行。"
            ),
        }
    }

    fn en(&self) -> String {
        match self {
            AmendmentRefusal::NoName => {
                "Give the new version a name, such as “Revision of 2017”.".to_owned()
            }
            AmendmentRefusal::NoReason => "Say why: it stays in the history.".to_owned(),
            AmendmentRefusal::TooLong { most } => {
                format!("That is too long: {most} characters at most. Make it shorter.")
            }
            AmendmentRefusal::NoFile => {
                "No file was chosen. Choose the ZIP of a standard's folder, or files of it (standard.toml, facts.toml, .jsonl of cases).".to_owned()
            }
            AmendmentRefusal::OtherFile { name } => format!(
                "“{name}” is no file of a standard, which has standard.toml, facts.toml and .jsonl files in cases. Send these alone, or a ZIP of them."
            ),
            AmendmentRefusal::NotText { name } => {
                format!("“{name}” is not text in UTF-8. Save it as UTF-8 and send it again.")
            }
            AmendmentRefusal::FileTooLarge { name, most } => format!(
                "“{name}” has more than {} MB; a standard's file is far shorter. See whether it is the right one.",
                megabytes(*most)
            ),
            AmendmentRefusal::TogetherTooLarge { most } => format!(
                "The files have more than {} MB together; a standard's folder is far smaller. See whether it is the right one.",
                megabytes(*most)
            ),
            AmendmentRefusal::TooManyFiles { most } => format!(
                "There are more than {most} files; a standard's folder has fewer. See whether it is the right one."
            ),
            AmendmentRefusal::Damaged { name } => {
                format!("“{name}” is no sound ZIP. Pack the standard's folder again and send it.")
            }
            AmendmentRefusal::Twice { name } => {
                format!("There are two of “{name}”. Leave one and send it again.")
            }
            AmendmentRefusal::NothingChanged => {
                "What was sent is what there is already, so nothing was saved. See whether it is the edited file.".to_owned()
            }
            AmendmentRefusal::Changes(errors) => {
                let sentences: Vec<String> =
                    errors.iter().map(|error| error.sentence(Lang::En)).collect();
                sentences.join(" ")
            }
            AmendmentRefusal::NotOpen { state } => format!(
                "This version is {state} and can't be changed: once it is proposed its content stands. Have it sent back first; of a confirmed one make another."
            ),
            AmendmentRefusal::NotChecked { mistakes } => format!(
                "This version has {mistakes} left to put right before it can be proposed. Mend the files at the lines and columns below and send them again."
            ),
            AmendmentRefusal::NoYear => {
                "Say from which year's round on it is to hold, such as 2017.".to_owned()
            }
            AmendmentRefusal::NoDay => {
                "Say from which day on it is to hold, such as 2017-03-01.".to_owned()
            }
            AmendmentRefusal::OutsideProgramme { year, first, last } => format!(
                "This version says that it holds for {first} to {last}, which {year} is not in. Choose another year, or change first_year and last_year in it."
            ),
            AmendmentRefusal::Decided { year, judgements } => format!(
                "{year} was judged by the standard in force ({judgements} judgements are kept), and a year that was judged keeps its standard. Let it hold from a year on of which nothing was done yet."
            ),
            AmendmentRefusal::HoldsAlready { year } => {
                format!("This is the version that holds for {year} already: nothing is changed.")
            }
            AmendmentRefusal::AnotherWaits { name } => format!(
                "“{name}” is confirmed and waits for its day, for some of the same years. Take it back first, or wait until it holds."
            ),
            AmendmentRefusal::DayOver { day } => format!(
                "{day} is over; a new version holds from today or a later day on. Choose another day; what was proposed is sent back first."
            ),
            AmendmentRefusal::UnderWay { year, begins_on } => format!(
                "The round of {year} begins on {begins_on}, and a round under way keeps its standard: the version has to hold before that day. Choose an earlier day, or the next year."
            ),
            AmendmentRefusal::NotProposed => {
                "This version does not wait for confirmation: it may just have been sent back, withdrawn or confirmed. Look at its state.".to_owned()
            }
            AmendmentRefusal::OwnProposal => {
                "Proposing and confirming take two people, and you proposed this version. Ask another approver of the city to confirm it.".to_owned()
            }
            AmendmentRefusal::NotWaiting => {
                "This version does not wait for its day: one that holds can't be withdrawn. Make another version to change it.".to_owned()
            }
            AmendmentRefusal::Overtaken { year } => format!(
                "Before its day came something of {year} was judged, so this version does not hold. Make another, from a year on of which nothing was done yet."
            ),
        }
    }
}
