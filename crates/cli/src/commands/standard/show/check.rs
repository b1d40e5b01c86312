//! A check in words.

use jianjia_standard::Lang;
use jianjia_standard::check::{Check, FactName};
use jianjia_standard::figure::Figure;
use jianjia_standard::period::Every;
use jianjia_standard::programme::Parameter;

use super::Page;

impl Page<'_> {
    fn fact(&self, name: &FactName) -> String {
        let fact = self.standard.facts.get(name.index);
        fact.map_or_else(
            || name.key.clone(),
            |fact| fact.name.get(self.lang).to_owned(),
        )
    }

    pub(super) fn check(&self, check: &Check) -> String {
        let list = |checks: &[Check], sign: &str| {
            let words: Vec<String> = checks.iter().map(|check| self.check(check)).collect();
            words.join(sign)
        };
        match check {
            Check::Fact { fact } => self.fact(fact),
            Check::Ratio {
                part,
                whole,
                at_least,
                ..
            } => {
                format!(
                    "{} ÷ {} ≥ {}",
                    self.fact(part),
                    self.fact(whole),
                    self.figure(at_least)
                )
            }
            Check::Count { fact, at_least } | Check::Level { fact, at_least } => {
                format!("{} ≥ {}", self.fact(fact), self.figure(at_least))
            }
            Check::Activities {
                kinds,
                every,
                periods,
                at_least,
            } => self.activities(kinds, *every, *periods, at_least),
            Check::Term { date, years } => {
                format!(
                    "{} + {} ≥ {}",
                    self.fact(date),
                    self.fact(years),
                    self.say("截止日", "the day of judgement")
                )
            }
            Check::Held { title } => {
                let name = self
                    .standard
                    .title(title)
                    .map_or(title.as_str(), |title| title.name.get(self.lang));
                format!("{}{name}", self.say("已有", "holds "))
            }
            Check::Subordinates { tier, at_least, .. } => {
                let words = self.say(
                    "下属工会中达到该级称号的比例",
                    "share of the unions below that hold the tier",
                );
                format!("{words} {tier} ≥ {}", self.figure(at_least))
            }
            Check::Rating { at_least, .. } => {
                format!(
                    "{} ≥ {}",
                    self.say("会员民主测评满意度", "satisfaction in the members' rating"),
                    self.figure(at_least)
                )
            }
            Check::All(checks) => list(checks, self.say("；", "; ")),
            Check::Any(checks) => format!("（{}）", list(checks, self.say(" 或 ", " or "))),
            Check::When { when, then } => match self.lang {
                Lang::Zh => format!("若“{}”：{}", self.check(when), self.check(then)),
                Lang::En => format!("where “{}”: {}", self.check(when), self.check(then)),
            },
        }
    }

    fn activities(
        &self,
        kinds: &[String],
        every: Every,
        periods: u32,
        at_least: &Figure,
    ) -> String {
        let names: Vec<&str> = kinds
            .iter()
            .map(|key| {
                self.standard
                    .activity_kind(key)
                    .map_or(key.as_str(), |kind| kind.name.get(self.lang))
            })
            .collect();
        let names = names.join(self.say("、", ", "));
        let at_least = self.figure(at_least);
        match self.lang {
            Lang::Zh => {
                let (period, each) = match every.months() {
                    1 => ("月", "每月"),
                    3 => ("季度", "每季度"),
                    _ => ("年", "每年"),
                };
                format!("最近 {periods} 个完整的{period}，{each}活动 ≥ {at_least}（{names}）")
            }
            Lang::En => {
                format!("activities ≥ {at_least} in each {every} of the last {periods} ({names})")
            }
        }
    }

    /// A figure as written; for a parameter, every value with the day from which it is in force.
    fn figure(&self, figure: &Figure) -> String {
        match figure {
            Figure::Rate(rate) => rate.to_string(),
            Figure::Number(number) => number.to_string(),
            Figure::Parameter(key) => {
                let parameter = self
                    .standard
                    .parameters
                    .iter()
                    .find(|parameter| &parameter.key == key);
                parameter.map_or_else(|| key.clone(), |parameter| self.values(parameter))
            }
        }
    }

    fn values(&self, parameter: &Parameter) -> String {
        match parameter.values.as_slice() {
            [(_, only)] => self.figure(only),
            several => {
                let words: Vec<String> = several
                    .iter()
                    .map(|(from, value)| format!("{} ({from}–)", self.figure(value)))
                    .collect();
                words.join(" / ")
            }
        }
    }
}
