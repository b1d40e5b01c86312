//! Levers and changes in words.

use jianjia_app::amending::what_if::PersonLine;
use jianjia_standard::{
    Standard, explain,
    figure::Quorum,
    judgement::{Reason, Status},
    kinds::Kind,
    programme::Title,
    what_if::{
        apply::apply,
        change::{Change, FACT, NEW, RATING},
        effect::Move,
        lever::{self, ALL, ANY, CAST, Lever, MET, UNKNOWN, VALID, What},
    },
};
use jiff::civil::Date;

use crate::frame::Frame;

/// What a change comes to for somebody.
pub(super) fn moved(what: Move) -> &'static str {
    match what {
        Move::Gained => "会达到",
        Move::Lost => "会达不到",
        Move::Unsure => "会变成还不知道",
    }
}

/// What a title is for somebody; none where the standard has none of that name.
pub(super) fn status(frame: &Frame, status: Option<Status>) -> &'static str {
    match status {
        Some(status) => status.name(frame.lang),
        None => frame.t_fixed("没有这个称号"),
    }
}

/// What a lever moves.
pub(super) fn label(frame: &Frame, standard: &Standard, what: &What) -> String {
    let fact = |key: &str| {
        let found = standard.fact(key);
        found.map_or_else(|| key.to_owned(), |fact| frame.text(&fact.name).to_owned())
    };
    let tier = |key: &str| {
        let title = standard.titles.iter().find(|title| title.tier == key);
        title.map_or_else(
            || key.to_owned(),
            |title| frame.text(&title.name).to_owned(),
        )
    };
    match what {
        What::Share { part, whole } => frame.t2("{}占{}的比例", fact(part), fact(whole)),
        What::ShareOfNone { whole, .. } => frame.t1("{}是 0 的时候", fact(whole)),
        What::Least { fact: key } => frame.t1("{}至少", fact(key)),
        What::ActivitiesAtLeast => frame.t("每一期至少几次活动").to_owned(),
        What::ActivitiesEvery => frame.t("活动按什么分期").to_owned(),
        What::ActivitiesPeriods => frame.t("看最近几个完整的期").to_owned(),
        What::BelowHolding { tier: key } => frame.t1("下属工会中{}的比例", tier(key)),
        What::BelowNone { .. } => frame.t("一家下属工会也没有的时候").to_owned(),
        What::Satisfaction => frame.t("会员满意度").to_owned(),
        What::Parts { facts } => {
            let names: Vec<String> = facts.iter().map(|key| fact(key)).collect();
            frame.t1("要求几项：{}", names.join(frame.t("、")))
        }
        What::Quorum => frame.t("参评人数").to_owned(),
        What::Counts => frame.t("哪些票算满意").to_owned(),
        What::Of => frame.t("满意度按哪些票算").to_owned(),
    }
}

/// A value as it is said.
pub(super) fn value(frame: &Frame, standard: &Standard, lever: &Lever, value: &str) -> String {
    match (&lever.what, value) {
        (What::ShareOfNone { .. } | What::BelowNone { .. }, MET) => frame.t("算达到").to_owned(),
        (What::ShareOfNone { .. } | What::BelowNone { .. }, UNKNOWN) => {
            frame.t("算还不知道").to_owned()
        }
        (What::ActivitiesEvery, "month") => frame.t("按月").to_owned(),
        (What::ActivitiesEvery, "quarter") => frame.t("按季度").to_owned(),
        (What::ActivitiesEvery, "year") => frame.t("按年").to_owned(),
        (What::Parts { .. }, ALL) => frame.t("每一项都要做到").to_owned(),
        (What::Parts { .. }, ANY) => frame.t("做到一项即可").to_owned(),
        (What::Of, VALID) => frame.t("有效票").to_owned(),
        (What::Of, CAST) => frame.t("全部投票，含废票").to_owned(),
        (What::Quorum, words) => match words.parse::<Quorum>() {
            Ok(quorum) => {
                let share = format!("{}/{}", quorum.numerator, quorum.denominator);
                if quorum.inclusive {
                    frame.t1("不少于应投人数的 {}", share)
                } else {
                    frame.t1("超过应投人数的 {}", share)
                }
            }
            Err(_) => words.to_owned(),
        },
        (What::Counts, answers) => {
            let grades = standard
                .rating
                .as_ref()
                .and_then(|rating| rating.ballot.as_ref());
            let name = |answer: &str| {
                let mut grades = grades.iter().flat_map(|ballot| &ballot.grades);
                let grade = grades.find(|grade| grade.key == answer);
                grade.map_or_else(
                    || answer.to_owned(),
                    |grade| frame.text(&grade.name).to_owned(),
                )
            };
            let names: Vec<String> = answers.split('+').map(name).collect();
            names.join(frame.t("、"))
        }
        (_, value) => value.to_owned(),
    }
}

/// A change as a line of a table.
pub(super) struct ChangeLine {
    /// The title's name; what it is of, for a change of how ratings are counted.
    pub(super) of: String,
    pub(super) clause: String,
    pub(super) what: String,
    pub(super) from: String,
    pub(super) to: String,
}

/// Changes of a standard in words, in the order of the standard.
pub(super) fn lines(
    frame: &Frame,
    standard: &Standard,
    changes: &[Change],
    as_of: Date,
) -> Vec<ChangeLine> {
    let place = |change: &Change| {
        let mut titles = standard.titles.iter();
        titles.position(|title| title.key == change.title)
    };
    let mut ordered: Vec<&Change> = changes.iter().collect();
    ordered.sort_by_key(|change| (place(change), change.clause.clone(), change.path.clone()));
    let with_added = with_added(standard, changes, as_of);
    ordered
        .into_iter()
        .map(|change| line(frame, (standard, &with_added), change, as_of))
        .collect()
}

/// The standard with the clauses that are added, so that their figures have names.
pub(super) fn with_added(standard: &Standard, changes: &[Change], as_of: Date) -> Standard {
    let added: Vec<Change> = changes
        .iter()
        .filter(|change| change.path == "add")
        .cloned()
        .collect();
    apply(standard, &added, as_of).map_or_else(|_| standard.clone(), |(added, _)| added)
}

fn line(
    frame: &Frame,
    (standard, with_added): (&Standard, &Standard),
    change: &Change,
    as_of: Date,
) -> ChangeLine {
    let title = with_added.title(&change.title);
    let of = match title {
        Some(title) => frame.text(&title.name).to_owned(),
        None if change.title == RATING => frame.t("会员民主测评").to_owned(),
        None => change.title.clone(),
    };
    let (asked, not_asked) = (frame.t("要求").to_owned(), frame.t("不要求").to_owned());
    let clause = clause_name(frame, standard, &change.clause);
    let (what, from, to) = match change.path.as_str() {
        "add" => (frame.t("增加条目").to_owned(), not_asked, asked),
        "drop" => (frame.t("去掉条目").to_owned(), asked, not_asked),
        _ => match lever_of(with_added, title, change, as_of) {
            Some(lever) => (
                label(frame, standard, &lever.what),
                value(frame, standard, &lever, &lever.value),
                value(frame, standard, &lever, &change.value),
            ),
            None => (change.path.clone(), String::new(), change.value.clone()),
        },
    };
    ChangeLine {
        of,
        clause,
        what,
        from,
        to,
    }
}

fn lever_of(
    standard: &Standard,
    title: Option<&Title>,
    change: &Change,
    as_of: Date,
) -> Option<Lever> {
    let levers = match title {
        None => lever::of_rating(standard),
        Some(title) => {
            let clause = change.clause.strip_prefix(FACT).unwrap_or(&change.clause);
            let mut criteria = title.criteria.iter();
            let criterion = criteria.find(|known| known.clause == clause)?;
            lever::of_criterion(standard, title, criterion, as_of)
        }
    };
    levers.into_iter().find(|lever| lever.path == change.path)
}

/// The kind of a unit; a person's own stands for the federations that hold no title, whose people do.
pub(super) fn kind(frame: &Frame, kind: Kind) -> &'static str {
    match kind {
        Kind::Person => frame.t_fixed("市、区总工会机关"),
        kind => kind.name(frame.lang),
    }
}

/// Whether somebody applied for the title.
pub(super) fn applied(frame: &Frame, person: &PersonLine) -> &'static str {
    if person.has_applied {
        frame.t_fixed("测算|已申报")
    } else {
        frame.t_fixed("测算|未申报")
    }
}

/// What stands against a person's title.
pub(super) fn because(frame: &Frame, standard: &Standard, because: &[Reason]) -> String {
    let words: Vec<String> = because
        .iter()
        .map(|reason| match reason {
            Reason::Criteria(clause) => clause_name(frame, standard, clause),
            _ => explain::reason(standard, reason, frame.lang),
        })
        .collect();
    words.join(frame.t("；"))
}

/// A clause with its name: `M5d 会员满意度85%`.
pub(super) fn clause_name(frame: &Frame, standard: &Standard, clause: &str) -> String {
    if clause == NEW {
        return frame.t("还没有问过的一个新问题").to_owned();
    }
    if let Some(criterion) = standard.criterion(clause) {
        return format!("{clause} {}", frame.text(&criterion.name));
    }
    let fact = clause.strip_prefix(FACT).unwrap_or(clause);
    let found = standard.fact(fact);
    found.map_or_else(|| fact.to_owned(), |fact| frame.text(&fact.name).to_owned())
}
