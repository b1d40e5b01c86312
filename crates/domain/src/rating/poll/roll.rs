//! The roll beside the members. A result of few who were picked says nothing of the many, so a roll that is far from the members needs its kind
//! and a reason, which stand wherever the result does.

use jianjia_standard::{Lang, explain, programme::BallotRules};

use crate::rating::poll::{Plan, planning::Wrong, refusal::PollRefusal};

/// The most characters of a reason.
const LONGEST_REASON: usize = 200;

/// Reads who is on the roll and why it is not all members.
pub(super) fn read(
    rules: &BallotRules,
    (voters, reason): (&str, &str),
    refused: &mut Wrong,
) -> (String, String) {
    let voters = voters.trim().to_owned();
    let known = rules.roll.iter().flat_map(|roll| &roll.voters);
    if !voters.is_empty() && !known.into_iter().any(|known| known.key == voters) {
        refused.at("voters", no_voters(rules));
    }
    let reason = reason.split_whitespace().collect::<Vec<_>>().join(" ");
    let characters = reason.chars().count();
    if characters > LONGEST_REASON {
        let most = LONGEST_REASON;
        refused.at(
            "roll_reason",
            PollRefusal::ReasonTooLong { characters, most },
        );
    }
    (voters, reason)
}

/// A roll can't have more than the members.
pub(super) fn check_above(plan: &Plan, refused: &mut Wrong) {
    if let Some(members) = plan.members
        && plan.roll > members
    {
        let roll = plan.roll;
        refused.at("roll", PollRefusal::RollAboveMembers { roll, members });
    }
}

/// What a roll lacks that is far from the members.
pub(super) fn check_explained(rules: &BallotRules, plan: &Plan, refused: &mut Wrong) {
    let (Some(roll), Some(members)) = (&rules.roll, plan.members) else {
        return;
    };
    if plan.roll > members || !roll.is_far(number(plan.roll), number(members)) {
        return;
    }
    if plan.voters.is_empty() {
        refused.at("voters", no_voters(rules));
    }
    if plan.roll_reason.is_empty() {
        let refusal = PollRefusal::RollUnexplained {
            roll: plan.roll,
            members,
            by: roll.may_differ_by,
        };
        refused.at("roll_reason", refusal);
    }
}

fn no_voters(rules: &BallotRules) -> PollRefusal {
    let known = rules.roll.iter().flat_map(|roll| &roll.voters);
    PollRefusal::NoVoters {
        known: known.map(|voters| voters.name.clone()).collect(),
    }
}

/// How a plan's roll stands to the members, for everybody who sees the result: 应投 8 人，会员 477 人（≈ 1.67 %）；参加投票的是会员代表大会代表：…. Empty
/// where they are the same and nothing was said of it.
pub fn words(rules: &BallotRules, plan: &Plan, lang: Lang) -> String {
    let share = plan.members.and_then(|members| {
        let share = explain::percentage(number(plan.roll), number(members))?;
        (members != plan.roll).then_some((members, share))
    });
    let voters = rules
        .roll
        .as_ref()
        .and_then(|roll| roll.voters(&plan.voters));
    let mut words = Vec::new();
    match (share, lang) {
        (Some((members, share)), Lang::Zh) => {
            words.push(format!(
                "应投 {} 人，会员 {members} 人（{share}）",
                plan.roll
            ));
        }
        (Some((members, share)), Lang::En) => {
            words.push(format!(
                "{} may vote of {members} members ({share})",
                plan.roll
            ));
        }
        (None, _) => {}
    }
    if let Some(voters) = voters {
        words.push(match lang {
            Lang::Zh => format!("参加投票：{}", voters.name.zh),
            Lang::En => format!("Who votes: {}", voters.name.en),
        });
    }
    if !plan.roll_reason.is_empty() {
        words.push(match lang {
            Lang::Zh => format!("说明：{}", plan.roll_reason),
            Lang::En => format!("Reason: {}", plan.roll_reason),
        });
    }
    words.join(match lang {
        Lang::Zh => "；",
        Lang::En => ". ",
    })
}

/// Whether a plan's roll is so far from the members that readers of the result should look at it.
pub fn is_far(rules: &BallotRules, plan: &Plan) -> bool {
    let roll = rules.roll.as_ref().zip(plan.members);
    roll.is_some_and(|(roll, members)| roll.is_far(number(plan.roll), number(members)))
}

fn number(count: i64) -> u64 {
    u64::try_from(count).unwrap_or(0)
}
