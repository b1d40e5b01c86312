//! The route of an application (clauses P1-P4): which units act on it, in which order. Resolved from the standard and the leadership
//! chain when it is submitted, and frozen in it.

use crate::core::refusal::Refuse;
use jianjia_standard::{
    Lang, Text,
    programme::{RoundAct, Route, RouteAct},
};
use serde::{Deserialize, Serialize};

use crate::core::{
    ids::UnitId,
    place::{UnitKind, UnitPlace},
};

/// One step: what a unit does with the application.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    pub act: RouteAct,
    pub unit: UnitPlace,
    /// Whether the unit may pass on no more than its quota.
    #[serde(default)]
    pub quota: bool,
}

/// The steps by the standard's route. `above` are the units strictly above the one that files, nearest first: a unit never reviews
/// what it files itself, so its own application, or its branch's, goes to the next above.
///
/// # Errors
/// When a step that must be taken has no unit.
pub fn resolve(route: &Route, above: &[UnitPlace]) -> Result<Vec<Step>, RouteRefusal> {
    let mut steps: Vec<Step> = Vec::new();
    for step in &route.steps {
        let nearest = |kinds: &[String]| {
            above
                .iter()
                .find(|place| kinds.iter().any(|kind| kind == place.kind.key()))
        };
        match nearest(&step.at).or_else(|| nearest(&step.otherwise)) {
            Some(unit) => steps.push(Step {
                act: step.act,
                unit: unit.clone(),
                quota: step.quota,
            }),
            None if step.optional => {}
            None => {
                return Err(RouteRefusal::NobodyAbove {
                    act: step.act,
                    kinds: step
                        .at
                        .iter()
                        .filter_map(|kind| UnitKind::from_key(kind))
                        .collect(),
                });
            }
        }
    }
    Ok(steps)
}

/// Where on a route a unit acts.
pub fn step_of(route: &[Step], unit: &UnitId) -> Option<usize> {
    route.iter().position(|step| step.unit.id == *unit)
}

/// What a step is called.
pub fn act_word(act: RouteAct) -> &'static str {
    match act {
        RouteAct::Endorse => "签署意见",
        RouteAct::Decide => "审核评定",
        RouteAct::Recommend => "择优推荐",
        RouteAct::Name => "审核命名",
    }
}

/// In which window of the year's calendar a step is taken.
pub fn window_of(act: RouteAct) -> RoundAct {
    match act {
        RouteAct::Endorse => RoundAct::Review,
        RouteAct::Decide => RoundAct::Decide,
        RouteAct::Recommend => RoundAct::Recommend,
        RouteAct::Name => RoundAct::Name,
    }
}

/// The same in both languages, for sentences.
pub(crate) fn act_text(act: RouteAct) -> Text {
    let en = match act {
        RouteAct::Endorse => "give its opinion",
        RouteAct::Decide => "decide",
        RouteAct::Recommend => "recommend",
        RouteAct::Name => "name",
    };
    Text {
        zh: act_word(act).to_owned(),
        en: en.to_owned(),
    }
}

#[derive(Clone, Debug, PartialEq)]
pub enum RouteRefusal {
    /// Clauses P1-P4 ask for a unit above that isn't in the register.
    NobodyAbove { act: RouteAct, kinds: Vec<UnitKind> },
    /// The standard has no route for the title.
    NoRoute { title: String },
}

impl Refuse for RouteRefusal {
    fn sentence(&self, lang: Lang) -> String {
        match (self, lang) {
            (RouteRefusal::NobodyAbove { act, kinds }, Lang::Zh) => {
                let kinds: Vec<&str> = kinds.iter().map(|kind| kind.word()).collect();
                format!(
                    "按规定这份申报要由上级的{}{}，名册里您的上级中没有这样的单位；请上级工会先把隶属关系改正。",
                    kinds.join("或"),
                    act_word(*act)
                )
            }
            (RouteRefusal::NobodyAbove { act, kinds }, Lang::En) => {
                let kinds: Vec<&str> = kinds.iter().map(|kind| kind.key()).collect();
                format!(
                    "By the rules, a {} federation above you has to {} on this, but the register shows none. Please ask the upper union to correct the register.",
                    kinds.join(" or "),
                    act_text(*act).en
                )
            }
            (RouteRefusal::NoRoute { title }, Lang::Zh) => {
                format!("标准没有规定“{title}”由谁审核，现在不能申报；请向市总工会反映。")
            }
            (RouteRefusal::NoRoute { title }, Lang::En) => {
                format!(
                    "The standard does not say who reviews {title}, so nobody can apply. Please tell the city federation."
                )
            }
        }
    }

    fn key(&self) -> &'static str {
        match self {
            RouteRefusal::NobodyAbove { .. } => "route/nobody-above",
            RouteRefusal::NoRoute { .. } => "route/no-route",
        }
    }
}

#[cfg(test)]
mod tests {
    use jianjia_standard::programme::RouteStep;

    use super::*;

    fn place(number: u128, kind: UnitKind) -> UnitPlace {
        UnitPlace {
            id: UnitId(uuid::Uuid::from_u128(number)),
            kind,
            name: format!("{}{number}", kind.word()),
            path: format!("/{number}/"),
        }
    }

    fn trusted() -> Route {
        let step = |act, at: &[&str], otherwise: &[&str], optional, quota| RouteStep {
            act,
            at: at.iter().map(ToString::to_string).collect(),
            otherwise: otherwise.iter().map(ToString::to_string).collect(),
            optional,
            quota,
        };
        Route {
            clause: "P4".to_owned(),
            titles: vec!["trusted-home".to_owned()],
            steps: vec![
                step(RouteAct::Endorse, &["township", "zone"], &[], true, false),
                step(
                    RouteAct::Recommend,
                    &["district", "industry"],
                    &["city"],
                    false,
                    true,
                ),
                step(RouteAct::Name, &["city"], &[], false, false),
            ],
        }
    }

    fn check(above: &[UnitKind], expect: &[(RouteAct, UnitKind)]) {
        let above: Vec<UnitPlace> = above
            .iter()
            .enumerate()
            .map(|(number, kind)| place(number as u128, *kind))
            .collect();
        let steps: Vec<(RouteAct, UnitKind)> = resolve(&trusted(), &above)
            .unwrap()
            .into_iter()
            .map(|step| (step.act, step.unit.kind))
            .collect();
        assert_eq!(steps, expect);
    }

    #[test]
    fn each_step_goes_to_the_nearest_unit_above_of_its_kinds() {
        use RouteAct::{Endorse, Name, Recommend};
        use UnitKind::{City, District, Industry, Township, Village};
        check(
            &[Village, Township, District, City],
            &[(Endorse, Township), (Recommend, District), (Name, City)],
        );
        // A township's own application has no township above it: the opinion on the way falls away.
        check(&[District, City], &[(Recommend, District), (Name, City)]);
        check(&[Industry, City], &[(Recommend, Industry), (Name, City)]);
        // Unions directly under the city, and the industry federations themselves, are the city's from the start.
        check(&[City], &[(Recommend, City), (Name, City)]);
    }

    #[test]
    fn a_step_that_must_be_taken_and_has_nobody_is_refused() {
        assert_eq!(
            resolve(&trusted(), &[place(1, UnitKind::District)]),
            Err(RouteRefusal::NobodyAbove {
                act: RouteAct::Name,
                kinds: vec![UnitKind::City]
            })
        );
    }
}
