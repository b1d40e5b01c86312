//! Priority lists in words: their order, what bars, and why somebody stands where it stands.

use jianjia_domain::{
    honour::honour::HonourState,
    money::priority::{Barred, Forward, Holder, Outcome},
};
use jianjia_standard::{
    Standard,
    programme::{Bar, HigherHonour, OrderRule},
};
use jianjia_words::format;

use crate::frame::Frame;

/// The order in words: each rule, the weightier first.
pub(super) fn order_words(frame: &Frame, honour: &HigherHonour) -> String {
    let words: Vec<&str> = honour
        .order
        .iter()
        .map(|rule| {
            frame.t(match rule {
                OrderRule::NotBefore => "没有推荐过这项荣誉的在前",
                OrderRule::HeldLongest => "持有称号时间长的在前",
                OrderRule::Level => "称号级别高的在前",
                OrderRule::Satisfaction => "上年会员满意度高的在前",
                OrderRule::Stars => "职工帮扶站星级高的在前",
                OrderRule::Members => "会员多的在前",
            })
        })
        .collect();
    words.join(frame.t("；其次"))
}

pub(super) fn bars_words(frame: &Frame, honour: &HigherHonour) -> String {
    let words: Vec<&str> = honour
        .barred_by
        .iter()
        .map(|bar| {
            frame.t(match bar {
                Bar::Veto => "有当年的否决情形",
                Bar::Entry => "部门的认定还没有决定",
                Bar::Check => "抽查发现的问题还没有了结",
            })
        })
        .collect();
    format::list(frame.lang, &words)
}

/// Why somebody stands where it stands: what the order asks for, of this one.
pub(super) fn reasons(frame: &Frame, honour: &HigherHonour, year: i16, holder: &Holder) -> String {
    let unknown = || frame.t("还不知道").to_owned();
    let parts: Vec<String> = honour
        .order
        .iter()
        .map(|rule| match rule {
            OrderRule::NotBefore => {
                let before = holder.forwards.iter().filter(|(of, _)| *of < year).count();
                match before {
                    0 => frame.t("没有推荐过").to_owned(),
                    before => frame.t1("推荐过 {} 次", before),
                }
            }
            OrderRule::HeldLongest => frame.t1("{} 起持有", frame.day(holder.since)),
            OrderRule::Level => frame.t1(
                "{}称号",
                frame.t(match holder.level.key() {
                    "county" => "级别|区县级",
                    "province" => "级别|省级",
                    "nation" => "级别|全国",
                    _ => "级别|市级",
                }),
            ),
            OrderRule::Satisfaction => {
                let share = holder.satisfaction.map(|(satisfied, valid)| {
                    let parts = i128::from(satisfied) * 10_000 / i128::from(valid.max(1));
                    format!("{}.{:02}%", parts / 100, parts % 100)
                });
                frame.t1("满意度 {}", share.unwrap_or_else(unknown))
            }
            OrderRule::Stars => match holder.stars {
                Some(stars) => frame.t1("帮扶站 {} 星", stars),
                None => frame.t1("帮扶站星级{}", unknown()),
            },
            OrderRule::Members => match holder.members {
                Some(members) => frame.t1("会员 {} 人", frame.count(members)),
                None => frame.t1("会员人数{}", unknown()),
            },
        })
        .collect();
    parts.join(frame.t("，"))
}

/// Why a holder is barred.
pub(super) fn barred_words(frame: &Frame, standard: &Standard, holder: &Holder) -> String {
    let clause = |clause: &str| {
        standard.veto(clause).map_or_else(
            || clause.to_owned(),
            |veto| format!("{} {clause}", frame.text(&veto.name)),
        )
    };
    let parts: Vec<String> = holder
        .barred
        .iter()
        .map(|barred| match barred {
            Barred::Veto(of) => frame.t1("有否决情形：{}", clause(of)),
            Barred::Entry(of) => frame.t1("部门的认定还没有决定：{}", clause(of)),
            Barred::Check(state) => frame.t1("抽查没有了结：{}", frame.t_fixed(state.word())),
        })
        .collect();
    parts.join(frame.t("；"))
}

pub(super) fn title_name(frame: &Frame, standard: &Standard, key: &str) -> String {
    standard.title(key).map_or_else(
        || key.to_owned(),
        |title| frame.text(&title.name).to_owned(),
    )
}

pub(super) fn outcome_class(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Waiting => "tag-unknown",
        Outcome::Awarded => "tag-met",
        Outcome::NotAwarded => "tag-na",
    }
}

/// That the title by which somebody went first is in force no more.
pub(super) fn title_now(frame: &Frame, forward: &Forward) -> Option<String> {
    match forward.title_state {
        HonourState::InForce => None,
        state => Some(frame.t1("称号已{}", frame.t_fixed(state.word()))),
    }
}
