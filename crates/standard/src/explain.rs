//! A judgement in sentences: the shortest honest statement about each criterion and each reason, in the words of the standard's own facts and
//! titles.

mod shortage;

use jiff::civil::Date;

use crate::explain::shortage::shortage;
use crate::judgement::{CriterionVerdict, Reason, Status};
use crate::programme::{Standard, TitleCriterion};
use crate::subject::{RatingCounts, Subject};
use crate::text::Lang;

/// What is missing for a criterion of a title: 还差 12 名会员办卡；还没有填：会员是否满意. `None` if it is met or does not apply. The verdict must be that of
/// [`crate::judge::judge`] for the same subject and day.
pub fn criterion(
    standard: &Standard,
    subject: &Subject,
    title: &str,
    verdict: &CriterionVerdict,
    as_of: Date,
    lang: Lang,
) -> Option<String> {
    if !matches!(verdict.status, Status::Unmet | Status::Unknown) {
        return None;
    }
    let asked = asked(standard, title, &verdict.clause)?;
    let parts = asked.check.parts();
    let mut phrases: Vec<String> = parts
        .iter()
        .zip(&verdict.checks)
        .filter_map(|(check, found)| shortage(standard, subject, check, found, as_of, lang))
        .collect();
    let (records, facts): (Vec<&String>, Vec<&String>) = verdict
        .missing
        .iter()
        .partition(|key| missing_record(key, lang).is_some());
    phrases.extend(
        records
            .iter()
            .filter_map(|key| missing_record(key, lang))
            .map(str::to_owned),
    );
    if !facts.is_empty() {
        let names: Vec<String> = facts
            .iter()
            .map(|key| missing_name(standard, key, lang))
            .collect();
        phrases.push(match lang {
            Lang::Zh => format!("还没有填：{}", names.join("、")),
            Lang::En => format!("not filled in: {}", names.join(", ")),
        });
    }
    let sentence = phrases.join(match lang {
        Lang::Zh => "；",
        Lang::En => "; ",
    });
    (!sentence.is_empty()).then(|| begun(sentence))
}

/// A sentence begins with a capital letter.
fn begun(phrase: String) -> String {
    let mut letters = phrase.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(letters).collect()
    })
}

/// The title that a tier is spoken of by: the first that the standard has.
pub fn tier_title<'a>(standard: &'a Standard, tier: &'a str, lang: Lang) -> &'a str {
    let title = standard.titles.iter().find(|title| title.tier == tier);
    title.map_or(tier, |title| title.name.get(lang))
}

/// Why a subject may not apply, as a sentence.
pub fn reason(standard: &Standard, reason: &Reason, lang: Lang) -> String {
    let title_name = |key: &str| {
        standard
            .title(key)
            .map_or_else(|| key.to_owned(), |title| title.name.get(lang).to_owned())
    };
    match (reason, lang) {
        (Reason::Veto(clause), _) => {
            let name = standard
                .veto(clause)
                .map_or(clause.as_str(), |veto| veto.name.get(lang));
            match lang {
                Lang::Zh => format!("本年度有“{name}”的情形（{clause}），不得申报"),
                Lang::En => format!("Barred for this year: {name} ({clause})"),
            }
        }
        (Reason::Needs(title), Lang::Zh) => format!("还没有{}称号", title_name(title)),
        (Reason::Needs(title), Lang::En) => {
            format!("The title {} is not held yet", title_name(title))
        }
        (Reason::Criteria(clause), _) => {
            let name = standard
                .criterion(clause)
                .map_or(clause.as_str(), |criterion| criterion.name.get(lang));
            match lang {
                Lang::Zh => format!("{name}（{clause}）还没有达到"),
                Lang::En => format!("{name} ({clause}) is not met yet"),
            }
        }
        (Reason::UnionTitle(title), Lang::Zh) => format!("所在工会还没有{}称号", title_name(title)),
        (Reason::UnionTitle(title), Lang::En) => {
            format!(
                "The person's union does not hold the title {} yet",
                title_name(title)
            )
        }
    }
}

/// What is missing where no question is: nobody fills in a log of activities or a rating, so it isn't "not filled in".
fn missing_record(key: &str, lang: Lang) -> Option<&'static str> {
    let (zh, en) = match key.split('.').next().unwrap_or(key) {
        "activities" => ("还没有登记活动", "no activity is recorded yet"),
        "rating" => (
            "还没有会员民主测评的结果",
            "the members have not rated it yet",
        ),
        _ => return None,
    };
    Some(match lang {
        Lang::Zh => zh,
        Lang::En => en,
    })
}

/// The name of a key in `missing`: a fact's name, or the name of what the system knows besides facts.
pub fn missing_name(standard: &Standard, key: &str, lang: Lang) -> String {
    if let Some(fact) = standard.fact(key) {
        return fact.name.get(lang).to_owned();
    }
    let (zh, en) = match key.split('.').next().unwrap_or(key) {
        "activities" => ("活动记录", "activity log"),
        "rating" => ("会员民主测评", "members' rating"),
        "subordinates" => ("下属工会情况", "unions below"),
        "employer" => ("单位性质", "nature of the employer"),
        _ => (key, key),
    };
    match lang {
        Lang::Zh => zh.to_owned(),
        Lang::En => en.to_owned(),
    }
}

/// The rating's calculation for people: `(120 + 30) ÷ 160 = 93.75 %`. `None` if a count is missing or there are no valid ballots. The percentage is
/// truncated, never rounded up, and marked with `≈` then.
pub fn worked_sum(standard: &Standard, counts: &RatingCounts) -> Option<String> {
    let formula = standard.rating.as_ref()?;
    let known = |answers: &[String]| -> Option<Vec<u64>> {
        answers
            .iter()
            .map(|answer| counts.answers.get(answer).copied())
            .collect()
    };
    let parts = known(&formula.counts)?;
    let valid: u64 = known(&formula.of)?.iter().sum();
    let satisfied: u64 = parts.iter().sum();
    let words: Vec<String> = parts.iter().map(u64::to_string).collect();
    Some(format!(
        "({}) ÷ {valid} {}",
        words.join(" + "),
        percentage(satisfied, valid)?
    ))
}

/// How the roll of a subject's rating stands to its members, where fewer may vote: 应投 8 人，会员 477 人（≈ 1.67 %）. `None` where all may, or a
/// number is not known.
pub fn roll(standard: &Standard, subject: &Subject, lang: Lang) -> Option<String> {
    let rules = standard.rating.as_ref()?.roll.as_ref()?;
    let (roll, members) = rules.below(subject)?;
    let share = percentage(roll, members)?;
    Some(match lang {
        Lang::Zh => format!("应投 {roll} 人，会员 {members} 人（{share}）"),
        Lang::En => format!("{roll} may vote of {members} members ({share})"),
    })
}

/// `= 93.75 %` if that is exact, `≈ 93.33 %` truncated if not; `None` if `whole` is zero.
pub fn percentage(part: u64, whole: u64) -> Option<String> {
    let hundredths = u128::from(part) * 10_000;
    let whole = u128::from(whole);
    let cut = hundredths.checked_div(whole)?;
    let sign = if hundredths % whole == 0 { '=' } else { '≈' };
    let (units, decimals) = (cut / 100, cut % 100);
    Some(match (decimals, decimals % 10) {
        (0, _) => format!("{sign} {units} %"),
        (_, 0) => format!("{sign} {units}.{} %", decimals / 10),
        _ => format!("{sign} {units}.{decimals:02} %"),
    })
}

fn asked<'a>(standard: &'a Standard, title: &str, clause: &str) -> Option<&'a TitleCriterion> {
    standard
        .title(title)?
        .criteria
        .iter()
        .find(|criterion| criterion.clause == clause)
}
