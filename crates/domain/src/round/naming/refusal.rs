//! Why nothing was named: what can't be named at all, and what changed between the preview and its confirmation.

use jianjia_standard::{Lang, Text};

use crate::{
    core::refusal::Refuse,
    round::structure::{Breach, in_words},
};

/// What happened to a line between the preview and its confirmation.
#[derive(Clone, Debug, PartialEq)]
pub enum Change {
    /// Named, rejected, withdrawn or returned by somebody else.
    Gone,
    NoLonger {
        name: String,
        because: Vec<Text>,
    },
    NowPossible {
        name: String,
    },
    /// Somebody worked on the application.
    Handled {
        name: String,
    },
    /// Other departments than before haven't answered for its unit, or other objections wait to be confirmed.
    Answered {
        name: String,
    },
    OtherNumber {
        name: String,
        number: String,
    },
}

impl Change {
    fn words(&self, lang: Lang) -> String {
        match (self, lang) {
            (Change::Gone, Lang::Zh) => "有一个候选已不在待命名名单里".to_owned(),
            (Change::Gone, Lang::En) => "one candidate is no longer waiting to be named".to_owned(),
            (Change::NoLonger { name, because }, Lang::Zh) => {
                format!("“{name}”现在不能命名：{}", joined(because, lang))
            }
            (Change::NoLonger { name, because }, Lang::En) => {
                format!("{name} can't be named now: {}", joined(because, lang))
            }
            (Change::NowPossible { name }, Lang::Zh) => format!("“{name}”现在可以命名了"),
            (Change::NowPossible { name }, Lang::En) => format!("{name} can be named now"),
            (Change::Answered { name }, Lang::Zh) => {
                format!("“{name}”的部门答复或者异议有了变化")
            }
            (Change::Answered { name }, Lang::En) => {
                format!("what departments answered for {name}, or who objects, has changed")
            }
            (Change::Handled { name }, Lang::Zh) => format!("“{name}”的申报刚被别人办理过"),
            (Change::Handled { name }, Lang::En) => {
                format!("somebody has just worked on the application of {name}")
            }
            (Change::OtherNumber { name, number }, Lang::Zh) => {
                format!("“{name}”的编号改为{number}")
            }
            (Change::OtherNumber { name, number }, Lang::En) => {
                format!("the number of {name} would be {number}")
            }
        }
    }
}

fn joined(because: &[Text], lang: Lang) -> String {
    let sentences: Vec<&str> = because
        .iter()
        .map(|text| text.get(lang).trim_end_matches(['。', '.']))
        .collect();
    sentences.join(if lang == Lang::Zh { "；" } else { "; " })
}

/// What would be broken, list by list.
fn each_list(lists: &[(String, Vec<Breach>)], lang: Lang) -> String {
    let each = lists.iter().map(|(federation, broken)| match lang {
        Lang::Zh => format!("{federation}：{}", in_words(broken, lang)),
        Lang::En => format!("{federation}: {}", in_words(broken, lang)),
    });
    let each: Vec<String> = each.collect();
    each.join(if lang == Lang::Zh { "；" } else { "; " })
}

/// Why nothing was named.
#[derive(Clone, Debug, PartialEq)]
pub enum NamingRefusal {
    NobodyChosen,
    NobodyCanBeNamed,
    TooMany {
        chosen: usize,
        most: usize,
    },
    Changed {
        changes: Vec<Change>,
    },
    /// The title is not one that the city names.
    NotNamed {
        title: Text,
    },
    /// Rules that bar the naming: the federation of the list, and what would be broken over those of it that are named.
    StructureBroken {
        lists: Vec<(String, Vec<Breach>)>,
    },
    NoReason,
    DocumentMissing,
    TooLong {
        length: usize,
        most: usize,
    },
}

impl Refuse for NamingRefusal {
    fn sentence(&self, lang: Lang) -> String {
        match (self, lang) {
            (NamingRefusal::NobodyChosen, Lang::Zh) => {
                "没有选择候选，所以什么也没有办理。请先在名单里勾选。".to_owned()
            }
            (NamingRefusal::NobodyChosen, Lang::En) => {
                "No candidate was chosen, so nothing was done. Tick some in the list first.".to_owned()
            }
            (NamingRefusal::NobodyCanBeNamed, Lang::Zh) => {
                "选中的候选现在都不能命名，原因写在各自名下；什么也没有改动。".to_owned()
            }
            (NamingRefusal::NobodyCanBeNamed, Lang::En) => {
                "None of the chosen candidates can be named now; the reason is given beside each. Nothing was changed.".to_owned()
            }
            (NamingRefusal::TooMany { chosen, most }, Lang::Zh) => format!(
                "一次选了{chosen}个候选，最多办理{most}个，所以什么也没有办理。请分几次办理。"
            ),
            (NamingRefusal::TooMany { chosen, most }, Lang::En) => format!(
                "{chosen} candidates were chosen; at most {most} can be handled at once, so nothing was done. Please do this in several steps."
            ),
            (NamingRefusal::Changed { changes }, Lang::Zh) => {
                let changes: Vec<String> =
                    changes.iter().map(|change| change.words(lang)).collect();
                format!(
                    "预览之后情况有变，整批都没有命名：{}。请看下面的最新预览，再确认一次。",
                    changes.join("；")
                )
            }
            (NamingRefusal::Changed { changes }, Lang::En) => {
                let changes: Vec<String> =
                    changes.iter().map(|change| change.words(lang)).collect();
                format!(
                    "Things changed after the preview, so nobody was named: {}. Read the new preview below and confirm again.",
                    changes.join("; ")
                )
            }
            (NamingRefusal::NotNamed { title }, Lang::Zh) => {
                format!("{}由辖市、区或产业工会评定，不由市总工会命名（P1、P2）。", title.zh)
            }
            (NamingRefusal::NotNamed { title }, Lang::En) => format!(
                "{} is decided by the district or industry federation, not named by the city (P1, P2).",
                title.en
            ),
            (NamingRefusal::StructureBroken { lists }, Lang::Zh) => format!(
                "这样命名，命名的名单就不符合结构要求，整批都没有命名：{}。请把符合要求的候选一起命名，或者先由推荐单位按名次递补；要求有误的，请先修订标准（条款 P3）。",
                each_list(lists, lang)
            ),
            (NamingRefusal::StructureBroken { lists }, Lang::En) => format!(
                "Named so, the list would not keep the rules on its structure, so nobody was named: {}. Name candidates that keep them together, or have the federation take up reserves first; where a rule is wrong, have the standard amended (clause P3).",
                each_list(lists, lang)
            ),
            (NamingRefusal::NoReason, Lang::Zh) => {
                "没有写理由：不予命名必须写明理由，申报单位会看到它。".to_owned()
            }
            (NamingRefusal::NoReason, Lang::En) => {
                "The reason is missing: not naming a candidate takes a reason, which the applicant will read.".to_owned()
            }
            (NamingRefusal::DocumentMissing, Lang::Zh) => {
                "没有填命名文件的文号，所以还没有命名：称号凭文件生效（P4）。请填好文号再确认。".to_owned()
            }
            (NamingRefusal::DocumentMissing, Lang::En) => {
                "The number of the naming document is missing, so nobody was named: a title is given by a document (P4). Fill it in and confirm again.".to_owned()
            }
            (NamingRefusal::TooLong { length, most }, Lang::Zh) => {
                format!("写了{length}个字，最多{most}个字。请缩短一些。")
            }
            (NamingRefusal::TooLong { length, most }, Lang::En) => {
                format!("This has {length} characters; at most {most} can be kept. Please shorten it.")
            }
        }
    }

    fn key(&self) -> &'static str {
        match self {
            NamingRefusal::NobodyChosen => "naming/nobody-chosen",
            NamingRefusal::NobodyCanBeNamed => "naming/nobody-can-be-named",
            NamingRefusal::TooMany { .. } => "naming/too-many",
            NamingRefusal::Changed { .. } => "naming/changed",
            NamingRefusal::NotNamed { .. } => "naming/not-named",
            NamingRefusal::StructureBroken { .. } => "naming/structure-broken",
            NamingRefusal::NoReason => "naming/no-reason",
            NamingRefusal::DocumentMissing => "naming/document-missing",
            NamingRefusal::TooLong { .. } => "naming/too-long",
        }
    }
}
