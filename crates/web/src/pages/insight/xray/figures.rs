//! A contradiction's figures in words.

use jianjia_domain::{
    insight::{
        doubt::{Doubt, DoubtState},
        xray::{Amount, Figures},
    },
    year::statement,
};
use jianjia_standard::{
    Standard,
    fact::{FactKind, FactValue},
    programme::{KnownQuantity, Quantity},
};

use crate::{frame::Frame, pages::year::address as years};

/// What its rule is called; of a rule that the standard has no more, its key.
pub(super) fn rule_name(frame: &Frame, standard: &Standard, doubt: &Doubt) -> String {
    standard.xray_rule(&doubt.rule).map_or_else(
        || doubt.rule.clone(),
        |rule| frame.text(&rule.name).to_owned(),
    )
}

/// The look of a state's tag.
pub(super) fn state_class(state: DoubtState) -> &'static str {
    match state {
        DoubtState::New => "tag-unknown",
        DoubtState::Asked => "tag-claimed",
        DoubtState::Explained | DoubtState::Corrected => "tag-met",
        DoubtState::SetAside => "tag-na",
    }
}

pub(super) fn state_words(frame: &Frame, doubt: &Doubt) -> String {
    let state = frame.t_fixed(doubt.state.word());
    if doubt.state == DoubtState::Asked && doubt.is_answered {
        frame.t("疑点|已询问，工会已答复").to_owned()
    } else {
        state.to_owned()
    }
}

/// The figures in one line.
pub(super) fn sentence(frame: &Frame, standard: &Standard, doubt: &Doubt) -> String {
    let words = |of: &str, value: u64| words(frame, standard, of, value);
    match &doubt.figures {
        Figures::Over { count, of } => frame.t2(
            "{}；{}",
            named(frame, standard, count),
            named(frame, standard, of),
        ),
        Figures::LastYear { of, before, now } => frame.t3(
            "{}：上年 {}，本年 {}",
            name(frame, standard, of),
            words(of, *before),
            words(of, *now),
        ),
        Figures::LikeUnions {
            value,
            count,
            per,
            usual,
            ..
        } => frame.t3(
            "{}：{}，同类工会一般是 {}",
            compared_name(frame, standard, count, per.as_ref()),
            compared(frame, standard, (count, per.as_ref()), *value),
            compared(frame, standard, (count, per.as_ref()), usual.median()),
        ),
        Figures::NoEvidence { bare, claims } => {
            frame.t2("{} 项要附材料，{} 项没有附", claims, bare.len())
        }
        Figures::SamePhoto { name, count, .. } => {
            frame.t2("照片“{}”，别的工会有 {} 张看起来一样", name, count)
        }
    }
}

/// A figure with where it comes from.
pub(super) struct Line {
    pub(super) what: String,
    pub(super) value: String,
    pub(super) href: String,
}

/// The figures side by side.
pub(super) fn lines(frame: &Frame, standard: &Standard, doubt: &Doubt) -> Vec<Line> {
    let line = |what: String, value: String, href: String| Line { what, value, href };
    let of_amount = |amount: &Amount| {
        let href = href(standard, doubt, doubt.year, &amount.of);
        let value = words(frame, standard, &amount.of, amount.value);
        line(name(frame, standard, &amount.of), value, href)
    };
    match &doubt.figures {
        Figures::Over { count, of } => vec![of_amount(count), of_amount(of)],
        Figures::LastYear { of, before, now } => [(doubt.year - 1, before), (doubt.year, now)]
            .map(|(year, value)| {
                let what = frame.t2("{}（{} 年度）", name(frame, standard, of), year);
                let href = href(standard, doubt, year, of);
                line(what, words(frame, standard, of, *value), href)
            })
            .into(),
        Figures::LikeUnions {
            value,
            count,
            per,
            usual,
            unit_kind,
            size,
        } => {
            let mut lines = vec![of_amount(count)];
            lines.extend(per.as_ref().map(of_amount));
            let of = (count, per.as_ref());
            if per.is_some() {
                let what = compared_name(frame, standard, count, per.as_ref());
                let value = compared(frame, standard, of, *value);
                lines.push(line(what, value, String::new()));
            }
            let kind = frame.t_fixed(unit_kind.word());
            let unions = frame.count(usual.unions);
            let alike = match size {
                None => frame.t2("同类工会（{}，{} 家）的中间值", kind, unions),
                Some((from, None)) => frame.t3(
                    "同类工会（{}，职工 {} 人以上，{} 家）的中间值",
                    kind,
                    frame.count(from),
                    unions,
                ),
                Some((from, Some(below))) => frame.t3(
                    "同类工会（{}，职工 {} 人，{} 家）的中间值",
                    kind,
                    format!("{from}–{}", below - 1),
                    unions,
                ),
            };
            let median = compared(frame, standard, of, usual.median());
            lines.push(line(alike, median, String::new()));
            let spread = compared(frame, standard, of, usual.spread());
            let what = frame.t("一半的同类工会与中间值相差不超过").to_owned();
            lines.push(line(what, spread, String::new()));
            lines
        }
        Figures::NoEvidence { bare, claims } => {
            let count = |number: usize| frame.t1("{} 项", frame.count(number));
            let claimed = usize::try_from(*claims).unwrap_or(usize::MAX);
            let sheet = years::sheet(&doubt.unit, doubt.year, None);
            let mut lines = vec![
                line(frame.t("要附材料的答案").to_owned(), count(claimed), sheet),
                line(
                    frame.t("没有附材料的").to_owned(),
                    count(bare.len()),
                    years::evidence(&doubt.unit),
                ),
            ];
            for key in bare {
                let href = href(standard, doubt, doubt.year, key);
                let missing = frame.t("没有材料").to_owned();
                lines.push(line(name(frame, standard, key), missing, href));
            }
            lines
        }
        Figures::SamePhoto { .. } => Vec::new(),
    }
}

/// The page where a number was said.
fn href(standard: &Standard, doubt: &Doubt, year: i16, of: &str) -> String {
    match Quantity::of_key(of) {
        Quantity::Fact(key) => standard.fact(&key).map_or_else(
            || years::sheet(&doubt.unit, year, None),
            |fact| years::question(&doubt.unit, year, fact, None),
        ),
        Quantity::Known(KnownQuantity::RegisterWorkers | KnownQuantity::RegisterMembers) => {
            format!("/units/{}", doubt.unit)
        }
        Quantity::Known(_) => years::rating(&doubt.unit, year),
    }
}

fn named(frame: &Frame, standard: &Standard, amount: &Amount) -> String {
    frame.t2(
        "{} {}",
        name(frame, standard, &amount.of),
        words(frame, standard, &amount.of, amount.value),
    )
}

/// What a number is called.
pub(super) fn name(frame: &Frame, standard: &Standard, of: &str) -> String {
    match Quantity::of_key(of) {
        Quantity::Fact(key) => standard
            .fact(&key)
            .map_or(key, |fact| frame.text(&fact.name).to_owned()),
        Quantity::Known(known) => frame
            .t(match known {
                KnownQuantity::RegisterWorkers => "名册登记的职工人数",
                KnownQuantity::RegisterMembers => "名册登记的会员人数",
                KnownQuantity::RatingRoll => "民主测评的应投人数",
                KnownQuantity::RatingCast => "民主测评收回的票数",
                KnownQuantity::RatingSatisfaction => "民主测评的满意度",
                KnownQuantity::RatingTurnout => "民主测评的回收率",
            })
            .to_owned(),
    }
}

/// A number as people write it.
fn words(frame: &Frame, standard: &Standard, of: &str, value: u64) -> String {
    match Quantity::of_key(of) {
        Quantity::Fact(key) => standard.fact(&key).map_or_else(
            || frame.count(value),
            |fact| {
                let value = match fact.kind {
                    FactKind::Money => FactValue::Money(value),
                    _ => FactValue::Number(value),
                };
                statement::words(fact, &value, frame.lang)
            },
        ),
        Quantity::Known(known) if known.is_share() => share(value),
        Quantity::Known(KnownQuantity::RatingCast) => frame.t1("{} 张", frame.count(value)),
        Quantity::Known(_) => frame.t1("{} 人", frame.count(value)),
    }
}

fn compared_name(
    frame: &Frame,
    standard: &Standard,
    count: &Amount,
    per: Option<&Amount>,
) -> String {
    let of = name(frame, standard, &count.of);
    match per {
        None => of,
        Some(per) => frame.t2("{} ÷ {}", of, name(frame, standard, &per.of)),
    }
}

/// What is compared with like unions: a number, or parts in ten thousand, which of money are yuan for each.
fn compared(
    frame: &Frame,
    standard: &Standard,
    (count, per): (&Amount, Option<&Amount>),
    value: u64,
) -> String {
    let fact = standard.fact(&count.of);
    match per {
        None => words(frame, standard, &count.of, value),
        Some(_) if fact.is_some_and(|fact| fact.kind == FactKind::Money) => {
            let fen = value / 10_000;
            frame.t1("{} 元", format!("{}.{:02}", fen / 100, fen % 100))
        }
        Some(_) => share(value),
    }
}

/// Parts in ten thousand as a percentage.
fn share(parts: u64) -> String {
    format!("{}.{:02}%", parts / 100, parts % 100)
}

#[cfg(test)]
mod tests {
    use super::share;

    #[test]
    fn parts_in_ten_thousand_are_read_as_percent() {
        let read = [0, 5, 9_600, 10_000, 12_345].map(share);
        assert_eq!(read, ["0.00%", "0.05%", "96.00%", "100.00%", "123.45%"]);
    }
}
