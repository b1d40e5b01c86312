//! What the members' ballots say.

use std::borrow::Cow;

use jianjia_app::rating::ballot::VoteInput;

use crate::{
    core::draw::Draw,
    rating::poll::{Held, Way},
    year::activity::Rated,
};

const SUGGESTIONS: [&str; 8] = [
    "夜班食堂也开一个窗口，天冷了想吃口热的。",
    "职工书屋晚上能不能开到九点？",
    "希望每年体检的项目公开让大家选。",
    "车间三楼的饮水机坏了两个月，请工会催一催。",
    "女职工休息室很好用，谢谢。",
    "会员卡能在哪些店用，最好贴一张单子。",
    "多办几次技能比武，年轻人愿意参加。",
    "困难职工的帮扶名单公示一下更好。",
];
/// The grades' keys with how many gave them.
pub fn answers(votes: &Rated) -> [(&'static str, i64); 4] {
    [
        ("satisfied", votes.satisfied),
        ("basically_satisfied", votes.basically_satisfied),
        ("dissatisfied", votes.dissatisfied),
        ("void", votes.void),
    ]
}

/// The ballots on paper: every sixth of each answer.
pub fn on_paper(held: &Held) -> Rated {
    let share = if held.way.has_paper() { 6 } else { i64::MAX };
    Rated {
        roll: held.votes.roll,
        satisfied: held.votes.satisfied / share,
        basically_satisfied: held.votes.basically_satisfied / share,
        dissatisfied: held.votes.dissatisfied / share,
        void: held.votes.void / share,
    }
}

/// One member's ballot. The work and the leaders are rated a little otherwise than the home, except where all are of one mind.
pub fn ballot<'a>(
    way: Way,
    unit: i64,
    voter: usize,
    of_home: &'a str,
    poll: &'a str,
    code: String,
) -> VoteInput<'a> {
    let mut draw = Draw::of("ballot", unit << 12 | voter as i64);
    let grade = |answer: &'a str| match answer {
        "void" => Cow::default(),
        other => other.into(),
    };
    let is_hasty = way == Way::Hasty;
    let mut of_other = |percent| {
        let other = !is_hasty && draw.chance(percent);
        grade(if other {
            "basically_satisfied"
        } else {
            of_home
        })
    };
    let chosen = vec![of_other(9), grade(of_home), of_other(12), of_other(7)];
    let says =
        matches!(way, Way::Story | Way::Plain | Way::Counted | Way::Repeated) && draw.chance(8);
    let suggestion = if says { *draw.pick(&SUGGESTIONS) } else { "" };
    VoteInput {
        poll: poll.into(),
        code: code.into(),
        chosen,
        suggestion: suggestion.into(),
        at_kiosk: !is_hasty && voter % 5 == 2,
        network: format!("10.0.{}.1", if is_hasty { 0 } else { draw.below(40) }).into(),
    }
}
