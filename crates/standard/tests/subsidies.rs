//! Subsidies: mistakes of their tables are told with line and column, and whatever happened, an amount is exact and never negative. Worked cases at the edges
//! stand beside the standards.

use std::path::Path;

use jianjia_standard::{
    Lang, Standard, cases,
    load::{self, Mistake},
    programme::subsidy::{
        BaseRule, Both, CountsFrom, EffectRule, Ends, EventKind, PartYear, Rounding, RoundingHow,
        SubsidyScheme,
    },
    subsidy::{BaseFact, Change, Events, FindingEvent, TitleEvent, reckon, sum, yuan},
};
use jiff::{ToSpan, civil::date};

const STANDARD: &str = include_str!("../../../standards/changzhou-2016/standard.toml");
const FACTS: &str = include_str!("../../../standards/changzhou-2016/facts.toml");

fn changzhou() -> Standard {
    load::folder(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../standards/changzhou-2016"))
        .unwrap()
}

/// One change of the subsidies, and what the loader then finds: the place, which is where `at` stands in the changed text, and the message.
fn check(from: &str, to: &str, at: &str, message: &str) {
    let begins = STANDARD.find("[subsidy]").unwrap();
    let (before, own) = STANDARD.split_at(begins);
    assert!(own.contains(from), "{from} is not there");
    let changed = own.replacen(from, to, 1);
    let place = before.len() + changed.find(at).unwrap();
    let text = format!("{before}{changed}");
    let line = text[..place].matches('\n').count() + 1;
    let start = text[..place].rfind('\n').map_or(0, |end| end + 1);
    let expect = Mistake {
        file: "standard.toml".to_owned(),
        line,
        column: text[start..place].chars().count() + 1,
        message: message.to_owned(),
    };
    match load::texts(&text, FACTS) {
        Ok(_) => panic!("{to}: no mistake was found"),
        Err(found) => assert_eq!(found, [expect], "{to}"),
    }
}

#[test]
fn a_mistake_of_a_scheme_is_told_with_its_place() {
    check(
        "key = \"liyang\"",
        "key = \"city\"",
        "\"city\"\nclause = \"R5\"",
        "scheme `city` is there twice",
    );
    check(
        "clause = \"R3\"",
        "clause = \"nothing\"",
        "\"nothing\"",
        "`clause` names the clause of a reward, and `nothing` is none",
    );
    check(
        "divisions = [\"320481\"]",
        "divisions = [\"320411005\"]",
        "[\"320411005\"]",
        "scheme `liyang` is of places that scheme `city` has already (`320411005`)",
    );
    check(
        "divisions = [\"320481\"]",
        "divisions = [\"32048\"]",
        "\"32048\"",
        "`32048` is no division code: these have 2, 4, 6, 9 or 12 digits",
    );
    check(
        "part_year = \"days\"",
        "part_year = \"day\"",
        "\"day\"",
        "`part_year`: `day` is not one of days, months, years, did you mean `days`?",
    );
    check(
        "both = \"cut-holds\"",
        "bth = \"cut-holds\"",
        "bth",
        "unknown key `bth` in scheme, did you mean `both`?",
    );
}

#[test]
fn a_mistake_of_a_base_or_of_rounding_is_told_with_its_place() {
    check(
        "fact = \"members\"",
        "fact = \"membrs\"",
        "\"membrs\"",
        "unknown fact `membrs`, did you mean `members`?",
    );
    check(
        "fact = \"members\"",
        "fact = \"chair_elected\"",
        "\"chair_elected\"",
        "`chair_elected` is no count, so nothing can be paid for each",
    );
    check(
        "each = \"20\"",
        "each = \"20.005\"",
        "\"20.005\"",
        "`each` is an amount in yuan such as \"20\" or \"20.50\"",
    );
    check(
        "least = \"3000\"",
        "least = \"30000\"",
        "\"30000\"",
        "`least` is more than `most`",
    );
    check(
        "from = \"record\"",
        "from = \"recrod\"",
        "\"recrod\"",
        "`from`: `recrod` is not one of record, count, did you mean `record`?",
    );
    check(
        "to = \"0.01\"",
        "to = \"0\"",
        "\"0\", how",
        "`to` is at least 0.01: nothing is rounded to 0",
    );
}

#[test]
fn a_mistake_of_an_effect_is_told_with_its_place() {
    check(
        "change = \"+40%\"",
        "change = \"40%\"",
        "\"40%\"",
        "`change` must be a change such as \"+40%\" or \"-20%\"",
    );
    check(
        "change = \"+40%\"",
        "change = \"+45%\"",
        "\"+45%\"",
        "`change` is +45%, while the reward `R3` says +40% by `subsidy_change`",
    );
    check(
        "change = \"-30%\"",
        "change = \"-130%\"",
        "\"-130%\"",
        "`change` takes more than there is: no subsidy goes below 0",
    );
    check(
        "titles = [\"trusted-home\"]",
        "titles = [\"trustd-home\"]",
        "\"trustd-home\"",
        "unknown title `trustd-home`, did you mean `trusted-home`?",
    );
    check(
        "lasts_years = 1",
        "lasts_years = 0",
        "0, ends",
        "`lasts_years` is from 1 to 20",
    );
    check(
        "counts_from = \"next-year\"",
        "counts_from = \"next-yer\"",
        "\"next-yer\"",
        "`counts_from`: `next-yer` is not one of day, next-month, this-year, next-year, year-after, did you mean `next-year`?",
    );
    check(
        "event = \"finding\", clause = \"R4\", change",
        "event = \"finding\", clause = \"R4\", titles = [\"trusted-home\"], change",
        "titles = [\"trusted-home\"], change = \"-20%\"",
        "unknown key `titles` in effects",
    );
}

#[test]
fn a_case_of_a_subsidy_that_comes_out_otherwise_is_told() {
    let standard = changzhou();
    let check = |line: &str, expect: &[&str]| {
        let (_, found) = cases::examine(Some(&standard), "cases/s.jsonl", line.as_bytes());
        let found: Vec<String> = found.iter().map(ToString::to_string).collect();
        assert_eq!(found, expect, "{line}");
    };
    let sound = r#"{"name": "a", "subsidy": {"kind": "village", "division": "320411", "year": 2018, "base": "10000"}, "expect": {"scheme": "city", "amount": "10,000.00"}}"#;
    check(sound, &[]);
    check(
        &sound.replace("10,000.00", "9,000.00"),
        &["cases/s.jsonl:1:129: a: amount should be 9,000.00, is 10,000.00"],
    );
    check(
        &sound.replace(r#""scheme": "city""#, r#""scheme": "none""#),
        &["cases/s.jsonl:1:111: a: scheme should be none, is city"],
    );
    check(
        &sound.replace(r#""base": "10000""#, r#""base": "many""#),
        &[
            "cases/s.jsonl:1:82: a: \"many\" is no amount in yuan such as \"10000.00\"",
            "cases/s.jsonl:1:128: a: amount should be 10,000.00, is unknown",
        ],
    );
}

/// Numbers that look drawn and are the same each time.
struct Draw(u64);

impl Draw {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        (self.0 >> 33) % end
    }

    fn of<T: Copy>(&mut self, all: &[T]) -> T {
        all[usize::try_from(self.below(all.len() as u64)).unwrap()]
    }

    fn day(&mut self) -> jiff::civil::Date {
        date(2016, 1, 1).saturating_add(i64::try_from(self.below(1_500)).unwrap().days())
    }

    fn effect(&mut self, event: EventKind, change_bp: i64) -> EffectRule {
        EffectRule {
            clause: "R3".to_owned(),
            event,
            titles: match event {
                EventKind::Title => vec!["trusted-home".to_owned()],
                EventKind::Finding => Vec::new(),
            },
            change_bp,
            counts_from: self.of(&CountsFrom::ALL),
            lasts_years: self.of(&[None, Some(1), Some(2)]),
            ends: self.of(&Ends::ALL),
        }
    }

    fn scheme(&mut self, plain: &SubsidyScheme) -> SubsidyScheme {
        let up = i64::try_from(self.below(9_000)).unwrap() + 1;
        let down = -i64::try_from(self.below(10_000)).unwrap() - 1;
        SubsidyScheme {
            part_year: self.of(&PartYear::ALL),
            both: self.of(&Both::ALL),
            rounding: Rounding {
                to_fen: self.of(&[1, 10, 100, 1_000]),
                how: self.of(&RoundingHow::ALL),
            },
            base: BaseRule::Recorded,
            effects: vec![
                self.effect(EventKind::Title, up),
                self.effect(EventKind::Finding, down),
            ],
            ..plain.clone()
        }
    }

    fn events(&mut self) -> Events {
        let maybe = |draw: &mut Draw| {
            let day = draw.day();
            Some(day).filter(|_| draw.below(2) == 0)
        };
        let titles = (0..self.below(3)).map(|number| TitleEvent {
            id: number.to_string(),
            title: "trusted-home".to_owned(),
            year: 2016,
            from: self.day(),
            away: match self.below(3) {
                0 => vec![(self.day(), maybe(self))],
                _ => Vec::new(),
            },
            ended: maybe(self),
        });
        let titles = titles.collect();
        let findings = (0..self.below(3)).map(|number| FindingEvent {
            id: number.to_string(),
            year: 2016 + i16::try_from(self.below(3)).unwrap(),
            on: self.day(),
            lifted: maybe(self),
        });
        Events {
            titles,
            findings: findings.collect(),
        }
    }
}

#[test]
fn whatever_happened_an_amount_is_exact_and_never_negative() {
    let mut draw = Draw(11);
    let plain = changzhou().scheme("city").unwrap().clone();
    let mut seen = [false; 4];
    for _ in 0..3_000 {
        let scheme = draw.scheme(&plain);
        let events = draw.events();
        let year = 2016 + i16::try_from(draw.below(4)).unwrap();
        let base = i64::try_from(draw.below(5_000_000)).unwrap();
        let found = reckon(&scheme, year, BaseFact::Recorded(Some(base)), &events);
        let amount = found.amount_fen.unwrap();
        assert!(amount >= 0, "{scheme:?} {events:?}");
        assert_eq!(amount % scheme.rounding.to_fen, 0);
        // The sum over the parts of the year, each by itself, is what was rounded.
        let of = found.terms.first().map_or(1, |term| i128::from(term.of));
        for term in &found.terms {
            assert!(term.counted + term.suspended <= term.of && i128::from(term.of) == of);
        }
        let changes = found
            .terms
            .iter()
            .map(|term| i128::from(term.change_bp) * i128::from(term.counted) * i128::from(base));
        let exact = i128::from(base) * 10_000 * of + changes.sum::<i128>();
        let off = i128::from(amount) * 10_000 * of - exact;
        let step = i128::from(scheme.rounding.to_fen) * 10_000 * of;
        match scheme.rounding.how {
            RoundingHow::Down => assert!(-step < off && off <= 0),
            RoundingHow::Up => assert!((0..step).contains(&off)),
            RoundingHow::HalfUp => assert!(-step < 2 * off && 2 * off <= step),
        }
        assert_eq!(found.is_rounded, off != 0);
        // Who doesn't know the base doesn't know the amount, and knows the rest.
        let unknown = reckon(&scheme, year, BaseFact::Recorded(None), &events);
        assert_eq!((unknown.amount_fen, &unknown.terms), (None, &found.terms));
        seen[Change::ALL
            .iter()
            .position(|change| *change == found.change())
            .unwrap()] = true;
    }
    assert_eq!(seen, [true; 4], "every combination was met");
}

#[test]
fn the_sum_says_what_the_amount_is() {
    let standard = changzhou();
    let mut draw = Draw(5);
    for scheme in &standard.subsidy.as_ref().unwrap().schemes {
        for _ in 0..200 {
            let events = draw.events();
            let base = match scheme.base {
                BaseRule::Recorded => BaseFact::Recorded(Some(1_000_000)),
                BaseRule::Counted { .. } => BaseFact::Counted(Some(draw.below(900))),
            };
            let found = reckon(scheme, 2018, base, &events);
            let words = sum(&standard, scheme, &found);
            let amount = yuan(found.amount_fen.unwrap());
            for lang in Lang::ALL {
                assert!(words.get(lang).contains(&amount), "{words:?} {amount}");
            }
        }
    }
}
