//! Why nothing was shown, and why a public notice holds a naming.

use jianjia_standard::{Lang, Text};
use jiff::civil::Date;

use crate::core::refusal::Refuse;

#[derive(Clone, Debug, PartialEq)]
pub enum PublicationRefusal {
    /// The standard says nothing of public notices for the title.
    NoRule {
        title: Text,
    },
    NobodyToShow,
    NoOrder,
    NoTelephone,
    NoOffice,
    TooLong {
        most: usize,
    },
    NoReason,
    /// The list, or its last day, is another than the one that was seen.
    ListChanged,
    /// It hangs no longer.
    Over,
    /// Naming asks for a notice, and there was none.
    NotShown {
        days: i64,
        clause: String,
    },
    /// Its days are not over.
    StillHangs {
        to: Date,
        clause: String,
    },
}

impl Refuse for PublicationRefusal {
    fn key(&self) -> &'static str {
        match self {
            PublicationRefusal::NoRule { .. } => "publication/no-rule",
            PublicationRefusal::NobodyToShow => "publication/nobody-to-show",
            PublicationRefusal::NoOrder => "publication/no-order",
            PublicationRefusal::NoTelephone => "publication/no-telephone",
            PublicationRefusal::NoOffice => "publication/no-office",
            PublicationRefusal::TooLong { .. } => "publication/too-long",
            PublicationRefusal::NoReason => "publication/no-reason",
            PublicationRefusal::ListChanged => "publication/list-changed",
            PublicationRefusal::Over => "publication/over",
            PublicationRefusal::NotShown { .. } => "publication/not-shown",
            PublicationRefusal::StillHangs { .. } => "publication/still-hangs",
        }
    }

    fn sentence(&self, lang: Lang) -> String {
        match (self, lang) {
            (PublicationRefusal::NoRule { title }, Lang::Zh) => format!(
                "建家标准没有写{}的公示期，所以不能公示。要公示的，先在标准的 [publication] 里写明。",
                title.zh
            ),
            (PublicationRefusal::NoRule { title }, Lang::En) => format!(
                "The standard sets no days for a public notice of {}, so nothing can be shown. Set them under [publication] in the standard first.",
                title.en
            ),
            (PublicationRefusal::NobodyToShow, Lang::Zh) => {
                "没有还没公示过的候选，所以什么也没有公示。候选由各推荐单位推荐以后才有。".to_owned()
            }
            (PublicationRefusal::NobodyToShow, Lang::En) => {
                "There is no candidate that was not shown before, so nothing was published. Candidates are there once the federations have recommended them.".to_owned()
            }
            (PublicationRefusal::NoOrder, Lang::Zh) => "请选择名单怎样排序。".to_owned(),
            (PublicationRefusal::NoOrder, Lang::En) => {
                "Please choose in which order the list stands.".to_owned()
            }
            (PublicationRefusal::NoTelephone, Lang::Zh) => {
                "请写监督电话：有异议的人要能打电话。".to_owned()
            }
            (PublicationRefusal::NoTelephone, Lang::En) => {
                "Please give a telephone number: whoever objects must be able to call.".to_owned()
            }
            (PublicationRefusal::NoOffice, Lang::Zh) => {
                "请写受理异议的部门，如“市总工会基层工作部”。".to_owned()
            }
            (PublicationRefusal::NoOffice, Lang::En) => {
                "Please say which office takes objections.".to_owned()
            }
            (PublicationRefusal::TooLong { most }, Lang::Zh) => {
                format!("最多 {most} 个字，请写短一些。")
            }
            (PublicationRefusal::TooLong { most }, Lang::En) => {
                format!("At most {most} characters; please shorten it.")
            }
            (PublicationRefusal::NoReason, Lang::Zh) => {
                "请写为什么提前撤下：公示页上会写出来，以后也查得到。".to_owned()
            }
            (PublicationRefusal::NoReason, Lang::En) => {
                "Please say why it is taken down early: the page of the notice says so, and it stays on record.".to_owned()
            }
            (PublicationRefusal::ListChanged, Lang::Zh) => {
                "您看到名单以后，名单或公示期限变了，所以什么也没有公示。下面是现在的名单，请再看一遍，没有问题再公示。".to_owned()
            }
            (PublicationRefusal::ListChanged, Lang::En) => {
                "The list, or its last day, changed after you saw it, so nothing was published. Below is how it stands now: please look at it again, then publish.".to_owned()
            }
            (PublicationRefusal::Over, Lang::Zh) => {
                "这次公示已经结束，不能再提异议，也不用再撤下。有情况要反映的，请写信给我们。".to_owned()
            }
            (PublicationRefusal::Over, Lang::En) => {
                "This public notice has ended: nobody can object through it any more, and it need not be taken down. To report something, please write to us.".to_owned()
            }
            (PublicationRefusal::NotShown { days, clause }, Lang::Zh) => {
                format!("还没有公示：命名前要公示不少于 {days} 个工作日（{clause}）。")
            }
            (PublicationRefusal::NotShown { days, clause }, Lang::En) => format!(
                "Not shown in public yet: before naming, candidates are shown for at least {days} working days ({clause})."
            ),
            (PublicationRefusal::StillHangs { to, clause }, Lang::Zh) => {
                format!("正在公示，到 {to} 为止（{clause}）。")
            }
            (PublicationRefusal::StillHangs { to, clause }, Lang::En) => {
                format!("On public notice until {to} ({clause}).")
            }
        }
    }
}
