//! Parsing `standard.toml`: the yearly subsidies.

use crate::load::names::Names;
use crate::load::procedure::{divisions, signed_rate, titles};
use crate::load::reader::{Section, Spelled};
use crate::programme::Reward;
use crate::programme::subsidy::{
    BaseRule, Both, CountsFrom, EffectRule, Ends, EventKind, PartYear, Rounding, RoundingHow,
    SubsidyRules, SubsidyScheme,
};
use crate::spelling::meant;

/// No effect of a single title or finding lasts longer than this.
const LONGEST: u64 = 20;

pub(crate) fn subsidy(section: Section<'_>, names: &Names, rewards: &[Reward]) -> SubsidyRules {
    section.required("kinds");
    section.required("scheme");
    let rules = SubsidyRules {
        name: section.text("name"),
        kinds: section.keyed_list("kinds"),
        schemes: schemes(&section, names, rewards),
    };
    section.finish();
    rules
}

fn schemes(section: &Section<'_>, names: &Names, rewards: &[Reward]) -> Vec<SubsidyScheme> {
    let mut found: Vec<SubsidyScheme> = Vec::new();
    for part in section.sections("scheme") {
        let key = part.spelled("key").unwrap_or_default();
        if !key.word.is_empty() && found.iter().any(|known| known.key == key.word) {
            let message = format!("scheme `{}` is there twice", key.word);
            part.ledger.add(key.at, message);
        }
        part.required("base");
        part.required("effects");
        part.required("rounding");
        let scheme = SubsidyScheme {
            key: key.word,
            clause: clause(&part, names, rewards).word,
            name: part.text("name"),
            text: part.text("text"),
            divisions: divisions(&part),
            base: base(&part, names),
            part_year: part.keyed("part_year").unwrap_or(PartYear::Years),
            both: part.maybe_keyed("both").unwrap_or(Both::CutHolds),
            rounding: rounding(&part),
            effects: effects(&part, names, rewards),
        };
        one_scheme_a_place(&part, &found, &scheme);
        part.finish();
        found.push(scheme);
    }
    found
}

/// No place lies in two schemes.
fn one_scheme_a_place(part: &Section<'_>, before: &[SubsidyScheme], scheme: &SubsidyScheme) {
    for earlier in before {
        let own = scheme.divisions.iter().map(String::as_str);
        let shared = own.clone().find(|division| earlier.covers(division));
        let theirs = earlier.divisions.iter().map(String::as_str);
        let shared = shared.or_else(|| theirs.clone().find(|division| scheme.covers(division)));
        let is_shared = shared.is_some() || earlier.divisions.is_empty();
        if is_shared && part.is_whole() {
            let place = shared.map_or_else(String::new, |code| format!(" (`{code}`)"));
            let message = format!(
                "scheme `{}` is of places that scheme `{}` has already{place}",
                scheme.key, earlier.key
            );
            let at = part.value("divisions");
            part.ledger
                .add(at.map_or(part.at, |value| value.span().start), message);
        }
    }
}

/// The clause of a reward.
fn clause(section: &Section<'_>, names: &Names, rewards: &[Reward]) -> Spelled {
    let spelled = section.spelled("clause").unwrap_or_default();
    let is_known = rewards.iter().any(|reward| reward.clause == spelled.word);
    if !is_known && !spelled.word.is_empty() && !names.is_lost(&spelled.word) {
        let known = rewards.iter().map(|reward| reward.clause.as_str());
        let meant = meant(&spelled.word, known);
        let message = format!(
            "`clause` names the clause of a reward, and `{}` is none{meant}",
            spelled.word
        );
        section.ledger.add(spelled.at, message);
    }
    spelled
}

crate::keyed! {
    pub enum BaseFrom {
        Record = "record",
        Count = "count",
    }
}

fn base(section: &Section<'_>, names: &Names) -> BaseRule {
    let Some(part) = section.section("base") else {
        return BaseRule::Recorded;
    };
    let from: Option<BaseFrom> = part.keyed("from");
    let rule = match from {
        Some(BaseFrom::Count) => counted(&part, names),
        Some(BaseFrom::Record) => BaseRule::Recorded,
        // Of a base that is not known nothing is said about its other keys.
        None => return BaseRule::Recorded,
    };
    part.finish();
    rule
}

fn counted(part: &Section<'_>, names: &Names) -> BaseRule {
    let fact = part.spelled("fact").unwrap_or_default();
    if let Some((_, shape)) = names.fact(part.ledger, &fact)
        && shape
            .kind
            .is_some_and(|kind| kind != crate::fact::FactKind::Count)
    {
        let message = format!(
            "`{}` is no count, so nothing can be paid for each",
            fact.word
        );
        part.ledger.add(fact.at, message);
    }
    part.required("each");
    let (least, most) = (money(part, "least"), money(part, "most"));
    if let (Some((least, at)), Some((most, _))) = (least, most)
        && least > most
    {
        part.ledger.add(at, "`least` is more than `most`");
    }
    BaseRule::Counted {
        fact: fact.word,
        each_fen: money(part, "each").map_or(0, |(fen, _)| fen),
        least_fen: least.map(|(fen, _)| fen),
        most_fen: most.map(|(fen, _)| fen),
    }
}

/// An amount in yuan, `"20.00"`, in fen, with its place.
fn money(section: &Section<'_>, key: &'static str) -> Option<(i64, usize)> {
    let spelled = section.maybe_spelled(key)?;
    let fen = fen(&spelled.word);
    if fen.is_none() {
        let message = format!("`{key}` is an amount in yuan such as \"20\" or \"20.50\"");
        section.ledger.add(spelled.at, message);
    }
    Some((fen?, spelled.at))
}

/// Yuan with at most two decimals and nine digits before the point, as fen.
pub(crate) fn fen(words: &str) -> Option<i64> {
    let (whole, decimals) = words.split_once('.').unwrap_or((words, ""));
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || whole.len() > 9 || decimals.len() > 2 || words.ends_with('.') {
        return None;
    }
    if !digits(whole) || !digits(decimals) {
        return None;
    }
    let fen: i64 = format!("{decimals:0<2}").parse().ok()?;
    Some(whole.parse::<i64>().ok()? * 100 + fen)
}

fn rounding(section: &Section<'_>) -> Rounding {
    let none = Rounding {
        to_fen: 1,
        how: RoundingHow::HalfUp,
    };
    let Some(part) = section.section("rounding") else {
        return none;
    };
    part.required("to");
    let to = money(&part, "to");
    if let Some((0, at)) = to {
        part.ledger
            .add(at, "`to` is at least 0.01: nothing is rounded to 0");
    }
    let rounding = Rounding {
        to_fen: to.map_or(1, |(fen, _)| fen.max(1)),
        how: part.keyed("how").unwrap_or(RoundingHow::HalfUp),
    };
    part.finish();
    rounding
}

fn effects(section: &Section<'_>, names: &Names, rewards: &[Reward]) -> Vec<EffectRule> {
    let sections = section.sections("effects");
    sections
        .into_iter()
        .map(|part| effect(part, names, rewards))
        .collect()
}

fn effect(part: Section<'_>, names: &Names, rewards: &[Reward]) -> EffectRule {
    let clause = clause(&part, names, rewards);
    let event: Option<EventKind> = part.keyed("event");
    let titles = match event {
        Some(EventKind::Title) => {
            part.required("titles");
            titles(&part, names)
        }
        Some(EventKind::Finding) => Vec::new(),
        None => part
            .strings("titles")
            .into_iter()
            .map(|title| title.word)
            .collect(),
    };
    let rule = EffectRule {
        change_bp: change(&part, &clause.word, rewards),
        clause: clause.word,
        event: event.unwrap_or(EventKind::Title),
        titles,
        counts_from: part.keyed("counts_from").unwrap_or(CountsFrom::NextYear),
        lasts_years: lasts_years(&part),
        ends: part.keyed("ends").unwrap_or(Ends::Day),
    };
    part.finish();
    rule
}

/// The change in basis points. A reward of the same clause with a figure says the same.
fn change(part: &Section<'_>, clause: &str, rewards: &[Reward]) -> i64 {
    let Some(spelled) = part.spelled("change") else {
        return 0;
    };
    let Some(change_bp) = signed_rate(&spelled.word).filter(|change_bp| *change_bp != 0) else {
        part.ledger.add(
            spelled.at,
            "`change` must be a change such as \"+40%\" or \"-20%\"",
        );
        return 0;
    };
    if change_bp < -10_000 {
        let message = "`change` takes more than there is: no subsidy goes below 0";
        part.ledger.add(spelled.at, message);
    }
    let reward = rewards.iter().find(|reward| reward.clause == clause);
    let said = reward.and_then(|reward| reward.subsidy_change_bp);
    if let Some(said) = said
        && said != change_bp
    {
        let message = format!(
            "`change` is {}, while the reward `{clause}` says {} by `subsidy_change`",
            spelled.word,
            in_words(said)
        );
        part.ledger.add(spelled.at, message);
    }
    change_bp
}

fn in_words(change_bp: i64) -> String {
    let points = change_bp.unsigned_abs();
    let sign = if change_bp < 0 { '-' } else { '+' };
    match points % 100 {
        0 => format!("{sign}{}%", points / 100),
        rest => format!("{sign}{}.{rest:02}%", points / 100),
    }
}

fn lasts_years(part: &Section<'_>) -> Option<i16> {
    let years = part.maybe_number("lasts_years")?;
    if let Some(value) = part.value("lasts_years")
        && !(1..=LONGEST).contains(&years)
    {
        let message = format!("`lasts_years` is from 1 to {LONGEST}");
        part.ledger.add(value.span().start, message);
    }
    i16::try_from(years).ok()
}
