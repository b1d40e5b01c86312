//! Why something can't be noted on a visit.

use jianjia_standard::{Lang, Text};

use crate::core::refusal::Refuse;

#[derive(Clone, Debug, PartialEq)]
pub enum RemarkRefusal {
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
    /// The id is another remark's.
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

impl Refuse for RemarkRefusal {
    fn key(&self) -> &'static str {
        match self {
            RemarkRefusal::NoKind => "visit-remark/no-kind",
            RemarkRefusal::NotAsked { .. } => "visit-remark/not-asked",
            RemarkRefusal::NotSaid => "visit-remark/not-said",
            RemarkRefusal::NotUnderstood { .. } => "visit-remark/not-understood",
            RemarkRefusal::NoteMissing => "visit-remark/note-missing",
            RemarkRefusal::NameMissing => "visit-remark/name-missing",
            RemarkRefusal::AgreementMissing => "visit-remark/agreement-missing",
            RemarkRefusal::CommentMissing => "visit-remark/comment-missing",
            RemarkRefusal::ReasonMissing => "visit-remark/reason-missing",
            RemarkRefusal::TooLong { .. } => "visit-remark/too-long",
            RemarkRefusal::TooManyPhotos { .. } => "visit-remark/too-many-photos",
            RemarkRefusal::IdTaken => "visit-remark/id-taken",
            RemarkRefusal::NotContradicted => "visit-remark/not-contradicted",
            RemarkRefusal::NoneChosen => "visit-remark/none-chosen",
            RemarkRefusal::Contradictory { .. } => "visit-remark/contradictory",
            RemarkRefusal::NothingNoted => "visit-remark/nothing-noted",
            RemarkRefusal::Concluded => "visit-remark/concluded",
        }
    }

    fn sentence(&self, lang: Lang) -> String {
        match lang {
            Lang::Zh => self.chinese(),
            Lang::En => self.english(),
        }
    }
}

impl RemarkRefusal {
    fn chinese(&self) -> String {
        match self {
            RemarkRefusal::NoKind => {
                "这条记录没有说明是核查、签字还是意见，没有保存。请从检查页面提交。".to_owned()
            }
            RemarkRefusal::NotAsked { clause } => {
                format!(
                    "条款 {clause} 不在这家单位要核查的内容里，没有保存。请刷新页面，按页面上的条款记录。"
                )
            }
            RemarkRefusal::NotSaid => "请选一项：属实、达不到，或者没能看到。".to_owned(),
            RemarkRefusal::NotUnderstood { fact, reason } => {
                format!(
                    "“{}”的核查值没有看懂：{}。请改正后再保存。",
                    fact.zh, reason.zh
                )
            }
            RemarkRefusal::NoteMissing => {
                "认为达不到的，请写明看到了什么，单位和市总工会都要看。".to_owned()
            }
            RemarkRefusal::NameMissing => "请填写签字人的姓名。".to_owned(),
            RemarkRefusal::AgreementMissing => "请选一项：同意记录，或者有不同意见。".to_owned(),
            RemarkRefusal::CommentMissing => "有不同意见的，请写明是哪一条、为什么。".to_owned(),
            RemarkRefusal::ReasonMissing => "请写明理由，理由会留在记录里。".to_owned(),
            RemarkRefusal::TooLong { most } => format!("最多 {most} 个字，请写短一些。"),
            RemarkRefusal::TooManyPhotos { most } => {
                format!("一条记录最多 {most} 张照片，这一条没有保存。请分成几条记录。")
            }
            RemarkRefusal::IdTaken => {
                "这条记录的编号已经收到过另一条内容，没有覆盖。请把改动作为新的一条记录保存。"
                    .to_owned()
            }
            RemarkRefusal::NotContradicted => {
                "这一条现在没有不一致的记录，不用裁定。请刷新页面再看。".to_owned()
            }
            RemarkRefusal::NoneChosen => {
                "请选定以哪一条记录为准。如果有人刚刚又记了一条，请看过以后再选。".to_owned()
            }
            RemarkRefusal::Contradictory { clauses } => format!(
                "两位检查人员对{}的记录不一致，还不能办结。请先在页面上选定以哪一条为准，并写明理由。",
                clauses.join("、")
            ),
            RemarkRefusal::NothingNoted => {
                "还没有收到任何一条核查记录，不能办结。请先记录；记在手机上的，请等它显示“已发送”。"
                    .to_owned()
            }
            RemarkRefusal::Concluded => {
                "这次检查已经办结，结果已告知单位。还有话要补充的，请告诉市总工会。".to_owned()
            }
        }
    }

    fn english(&self) -> String {
        match self {
            RemarkRefusal::NoKind => "The remark does not say whether it is a finding, a signature or a comment, and was not kept. Send it from the page of the visit.".to_owned(),
            RemarkRefusal::NotAsked { clause } => {
                format!("Clause {clause} is not looked at in this unit, and nothing was kept. Reload the page and use the clauses that it shows.")
            }
            RemarkRefusal::NotSaid => "Choose one: it holds, it fails, or it could not be seen.".to_owned(),
            RemarkRefusal::NotUnderstood { fact, reason } => {
                format!("What was found of \"{}\" was not understood: {}. Correct it and save again.", fact.en, reason.en)
            }
            RemarkRefusal::NoteMissing => "Where a clause fails, say what you saw: the unit and the city will read it.".to_owned(),
            RemarkRefusal::NameMissing => "Enter the name of who signs.".to_owned(),
            RemarkRefusal::AgreementMissing => "Choose one: agrees with the record, or has another view.".to_owned(),
            RemarkRefusal::CommentMissing => "Who has another view says on which clause, and why.".to_owned(),
            RemarkRefusal::ReasonMissing => "Give the reason: it stays on record.".to_owned(),
            RemarkRefusal::TooLong { most } => format!("At most {most} characters; please shorten it."),
            RemarkRefusal::TooManyPhotos { most } => {
                format!("A remark has at most {most} photos, and this one was not kept. Make several remarks of it.")
            }
            RemarkRefusal::IdTaken => "Under this remark's id something else was received already, and it was not overwritten. Save the change as a new remark.".to_owned(),
            RemarkRefusal::NotContradicted => "The remarks on this clause agree by now, so there is nothing to settle. Reload the page.".to_owned(),
            RemarkRefusal::NoneChosen => "Choose the remark that stands. If somebody has just noted another, look at it first.".to_owned(),
            RemarkRefusal::Contradictory { clauses } => format!(
                "The two inspectors noted different things on {}, so the visit can't be concluded yet. Choose on the page which remark stands, and say why.",
                clauses.join(", ")
            ),
            RemarkRefusal::NothingNoted => "Nothing was received yet, so there is nothing to conclude. Note it first; what is on a phone has to say \"sent\".".to_owned(),
            RemarkRefusal::Concluded => "This visit was concluded and the unit was told. If there is more to say, tell the city federation.".to_owned(),
        }
    }
}
