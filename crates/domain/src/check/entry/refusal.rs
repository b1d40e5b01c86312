//! Why something can't be noted on a visit.

use jianjia_standard::{Lang, Text};

use crate::core::refusal::Refuse;

#[derive(Clone, Debug, PartialEq)]
pub enum EntryRefusal {
    NoKind,
    /// The clause is none of the file's.
    NotAsked {
        clause: String,
    },
    /// Whether the clause holds was not said.
    NotSaid,
    NotUnderstood {
        fact: Text,
        reason: Text,
    },
    /// A clause that fails needs a note.
    NoteMissing,
    NameMissing,
    AgreementMissing,
    /// Who does not agree says why.
    CommentMissing,
    ReasonMissing,
    TooLong {
        most: usize,
    },
    TooManyPhotos {
        most: usize,
    },
    /// The id is another entry's.
    IdTaken,
    NotContradicted,
    NoneChosen,
    /// Inspectors said different and nobody settled it.
    Contradictory {
        clauses: Vec<String>,
    },
    NothingNoted,
    /// The visit was concluded.
    Concluded,
}

impl Refuse for EntryRefusal {
    fn key(&self) -> &'static str {
        match self {
            EntryRefusal::NoKind => "visit-entry/no-kind",
            EntryRefusal::NotAsked { .. } => "visit-entry/not-asked",
            EntryRefusal::NotSaid => "visit-entry/not-said",
            EntryRefusal::NotUnderstood { .. } => "visit-entry/not-understood",
            EntryRefusal::NoteMissing => "visit-entry/note-missing",
            EntryRefusal::NameMissing => "visit-entry/name-missing",
            EntryRefusal::AgreementMissing => "visit-entry/agreement-missing",
            EntryRefusal::CommentMissing => "visit-entry/comment-missing",
            EntryRefusal::ReasonMissing => "visit-entry/reason-missing",
            EntryRefusal::TooLong { .. } => "visit-entry/too-long",
            EntryRefusal::TooManyPhotos { .. } => "visit-entry/too-many-photos",
            EntryRefusal::IdTaken => "visit-entry/id-taken",
            EntryRefusal::NotContradicted => "visit-entry/not-contradicted",
            EntryRefusal::NoneChosen => "visit-entry/none-chosen",
            EntryRefusal::Contradictory { .. } => "visit-entry/contradictory",
            EntryRefusal::NothingNoted => "visit-entry/nothing-noted",
            EntryRefusal::Concluded => "visit-entry/concluded",
        }
    }

    fn sentence(&self, lang: Lang) -> String {
        match lang {
            Lang::Zh => self.chinese(),
            Lang::En => self.english(),
        }
    }
}

impl EntryRefusal {
    fn chinese(&self) -> String {
        match self {
            EntryRefusal::NoKind => {
                "这条记录没有说明是核查、签字还是意见，没有保存。请从检查页面提交。".to_owned()
            }
            EntryRefusal::NotAsked { clause } => {
                format!(
                    "条款 {clause} 不在这家单位要核查的内容里，没有保存。请刷新页面，按页面上的条款记录。"
                )
            }
            EntryRefusal::NotSaid => "请选一项：属实、达不到，或者没能看到。".to_owned(),
            EntryRefusal::NotUnderstood { fact, reason } => {
                format!(
                    "“{}”的核查值没有看懂：{}。请改正后再保存。",
                    fact.zh, reason.zh
                )
            }
            EntryRefusal::NoteMissing => {
                "认为达不到的，请写明看到了什么，单位和市总工会都要看。".to_owned()
            }
            EntryRefusal::NameMissing => "请填写签字人的姓名。".to_owned(),
            EntryRefusal::AgreementMissing => "请选一项：同意记录，或者有不同意见。".to_owned(),
            EntryRefusal::CommentMissing => "有不同意见的，请写明是哪一条、为什么。".to_owned(),
            EntryRefusal::ReasonMissing => "请写明理由，理由会留在记录里。".to_owned(),
            EntryRefusal::TooLong { most } => format!("最多 {most} 个字，请写短一些。"),
            EntryRefusal::TooManyPhotos { most } => {
                format!("一条记录最多 {most} 张照片，这一条没有保存。请分成几条记录。")
            }
            EntryRefusal::IdTaken => {
                "这条记录的编号已经收到过另一条内容，没有覆盖。请把改动作为新的一条记录保存。"
                    .to_owned()
            }
            EntryRefusal::NotContradicted => {
                "这一条现在没有不一致的记录，不用裁定。请刷新页面再看。".to_owned()
            }
            EntryRefusal::NoneChosen => {
                "请选定以哪一条记录为准。如果有人刚刚又记了一条，请看过以后再选。".to_owned()
            }
            EntryRefusal::Contradictory { clauses } => format!(
                "两位检查人员对{}的记录不一致，还不能办结。请先在页面上选定以哪一条为准，并写明理由。",
                clauses.join("、")
            ),
            EntryRefusal::NothingNoted => {
                "还没有收到任何一条核查记录，不能办结。请先记录；记在手机上的，请等它显示“已发送”。"
                    .to_owned()
            }
            EntryRefusal::Concluded => {
                "这次检查已经办结，结果已告知单位。还有话要补充的，请告诉市总工会。".to_owned()
            }
        }
    }

    fn english(&self) -> String {
        match self {
            EntryRefusal::NoKind => "The entry does not say whether it is a finding, a signature or a comment, and was not kept. Send it from the page of the visit.".to_owned(),
            EntryRefusal::NotAsked { clause } => {
                format!("Clause {clause} is not looked at in this unit, and nothing was kept. Reload the page and use the clauses that it shows.")
            }
            EntryRefusal::NotSaid => "Choose one: it holds, it fails, or it could not be seen.".to_owned(),
            EntryRefusal::NotUnderstood { fact, reason } => {
                format!("What was found of \"{}\" was not understood: {}. Correct it and save again.", fact.en, reason.en)
            }
            EntryRefusal::NoteMissing => "Where a clause fails, say what you saw: the unit and the city will read it.".to_owned(),
            EntryRefusal::NameMissing => "Enter the name of who signs.".to_owned(),
            EntryRefusal::AgreementMissing => "Choose one: agrees with the record, or has another view.".to_owned(),
            EntryRefusal::CommentMissing => "Who has another view says on which clause, and why.".to_owned(),
            EntryRefusal::ReasonMissing => "Give the reason: it stays on record.".to_owned(),
            EntryRefusal::TooLong { most } => format!("At most {most} characters; please shorten it."),
            EntryRefusal::TooManyPhotos { most } => {
                format!("An entry has at most {most} photos, and this one was not kept. Make several entries of it.")
            }
            EntryRefusal::IdTaken => "Under this entry's id something else was received already, and it was not overwritten. Save the change as a new entry.".to_owned(),
            EntryRefusal::NotContradicted => "The entries on this clause agree by now, so there is nothing to settle. Reload the page.".to_owned(),
            EntryRefusal::NoneChosen => "Choose the entry that stands. If somebody has just noted another, look at it first.".to_owned(),
            EntryRefusal::Contradictory { clauses } => format!(
                "The two inspectors noted different things on {}, so the visit can't be concluded yet. Choose on the page which entry stands, and say why.",
                clauses.join(", ")
            ),
            EntryRefusal::NothingNoted => "Nothing was received yet, so there is nothing to conclude. Note it first; what is on a phone has to say \"sent\".".to_owned(),
            EntryRefusal::Concluded => "This visit was concluded and the unit was told. If there is more to say, tell the city federation.".to_owned(),
        }
    }
}
