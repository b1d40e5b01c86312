//! The kinds of papers that are built in. A kind is a template and its sample in `papers/`, and a line here.

pub struct Kind {
    /// The template's name without `.xml`; a word of the command line and of addresses.
    pub name: &'static str,
    /// What it is called in Chinese.
    pub title: &'static str,
    pub(super) template: &'static str,
    pub(super) sample: &'static str,
}

macro_rules! kind {
    ($name:literal, $title:literal) => {
        Kind {
            name: $name,
            title: $title,
            template: include_str!(concat!("../../../../papers/", $name, ".xml")),
            sample: include_str!(concat!("../../../../papers/", $name, ".sample.json")),
        }
    };
}

/// In the order in which people see them.
pub const KINDS: &[Kind] = &[
    kind!("cover", "申报材料目录"),
    kind!("invitations", "邀请单"),
    kind!("application", "申报审批表"),
    kind!("story", "事迹材料"),
    kind!("minutes", "会员大会记录"),
    kind!("posting", "单位内公示"),
    kind!("slips", "测评票"),
    kind!("slip-list", "领票登记表"),
    kind!("rating", "民主测评结果表"),
    kind!("review", "审核报告"),
    kind!("summary", "汇总表"),
    kind!("spot-check", "抽查名单"),
    kind!("spot-check-report", "抽查情况通报"),
    kind!("publication", "公示"),
    kind!("reply", "异议答复"),
    kind!("reasons", "未命名原因告知函"),
    kind!("notice", "年度申报通知"),
    kind!("decision", "命名决定"),
    kind!("certificate", "荣誉证书"),
    kind!("scroll", "奖状"),
    kind!("yearly", "年度情况报告"),
];
