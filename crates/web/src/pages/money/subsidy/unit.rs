//! A unit's subsidies: of each year the sum and what it stands on, what came before it, what would be reckoned today, and the base.

use askama::Template;
use axum::extract::{Query, State};
use jianjia_app::{
    core::app::App,
    money::subsidy::{self as subsidies, UnitView, YearView, base as bases},
};
use jianjia_domain::{
    core::{
        ids::{HonourId, UnitId, VisitId},
        policy::Act,
    },
    money::subsidy::{Base, BaseInput, Entitlement, Subsidy},
};
use jianjia_standard::subsidy::{Basis, yuan};
use serde::Deserialize;

use super::{Rule, amount, rule, standard_of};
use crate::{
    form::{Form, Problems, told},
    frame::Frame,
    page::{PageError, PageResult, page, see_other_with, unprocessable},
    pages::{check::address as visits, money::address},
    path::Path,
    session::SignedIn,
};

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    /// Whose base is to be typed.
    year: String,
}

/// What is typed of a base.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Typed {
    year: String,
    amount: String,
    note: String,
    seen: String,
}

#[derive(Template)]
#[template(path = "money/subsidy/unit.html")]
struct Show {
    frame: Frame,
    view: UnitView,
    /// Why there is none, in words.
    why_none: Option<String>,
    /// The scheme of this year.
    rule: Option<Rule>,
    form: Option<BaseForm>,
    problems: Problems,
}

/// The form of a year's base.
struct BaseForm {
    year: i16,
    typed: Typed,
    standing: Option<String>,
}

/// What an amount stands on, with its page.
struct Ground {
    href: String,
    words: String,
}

impl Show {
    fn amount(&self, subsidy: &Subsidy) -> String {
        amount(&self.frame, subsidy.amount_fen())
    }

    fn sum(&self, entitlement: &Entitlement) -> String {
        self.frame.text(&entitlement.sum).to_owned()
    }

    fn yuan(&self, fen: &i64) -> String {
        yuan(*fen)
    }

    fn grounds(&self, year: &YearView, subsidy: &Subsidy) -> Vec<Ground> {
        let terms = subsidy.entitlement.reckoned.terms.iter();
        let mut grounds: Vec<Ground> = terms
            .filter_map(|term| self.ground(year, &term.basis))
            .collect();
        grounds.dedup_by(|one, other| one.href == other.href);
        grounds
    }

    fn ground(&self, year: &YearView, basis: &Basis) -> Option<Ground> {
        match basis {
            Basis::Title {
                id,
                title,
                year: named,
            } => {
                let id: HonourId = id.parse().ok()?;
                let name = year.standard.title(title);
                let name = name.map_or(title.as_str(), |title| self.frame.text(&title.name));
                Some(Ground {
                    href: format!("/honours/{id}"),
                    words: format!("{name} {named}"),
                })
            }
            Basis::Finding { id, year } => {
                let id: VisitId = id.parse().ok()?;
                Some(Ground {
                    href: visits::visit(&id),
                    words: self.frame.t1("{}年抽查", year),
                })
            }
        }
    }

    /// By which reckoning it came, and why that was done.
    fn reckoned(&self, year: &YearView, subsidy: &Subsidy) -> String {
        let mut reckonings = year.reckonings.iter();
        let Some(by) = reckonings.find(|one| one.id == subsidy.reckoning) else {
            return String::new();
        };
        let frame = &self.frame;
        let at = frame.minute(by.at);
        let said = frame.t3("第 {} 次核定：{}，{}。", by.number, at, &by.by_name);
        match by.reason.is_empty() {
            true => said,
            false => format!("{said} {}", frame.t1("理由：{}", &by.reason)),
        }
    }

    fn reads_money(&self) -> bool {
        self.frame.may(&Act::SeeUnitMoney, &self.view.unit)
    }

    fn records(&self, year: &YearView) -> bool {
        self.view.may_record && year.is_recorded
    }

    fn base_href(&self, year: &YearView) -> String {
        let unit = address::subsidy_of(&self.view.unit.id);
        format!("{unit}?year={}", year.year)
    }

    fn source(&self, base: &Base) -> &'static str {
        self.frame.t_fixed(base.source.word())
    }
}

pub(super) async fn show(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(id): Path<UnitId>,
    Query(asked): Query<Asked>,
) -> PageResult {
    let view = subsidies::of_unit(&app, &actor, &id).await?;
    let form = asked.year.parse().ok();
    let form = form.filter(|_| view.may_record);
    let typed = form.map(|year: i16| {
        let base = standing(&view, year);
        Typed {
            year: year.to_string(),
            amount: base.map_or_else(String::new, |base| yuan(base.amount_fen)),
            note: String::new(),
            seen: base.map_or(0, |base| base.number).to_string(),
        }
    });
    page(&shown(&app, frame, view, typed, Problems::none()))
}

fn standing(view: &UnitView, year: i16) -> Option<&Base> {
    let mut years = view.years.iter();
    years.find(|one| one.year == year)?.bases.first()
}

fn shown(
    app: &App,
    frame: Frame,
    view: UnitView,
    typed: Option<Typed>,
    problems: Problems,
) -> Show {
    let year = subsidies::current_year(app);
    let standard = standard_of(app, year);
    let of_year = view.years.iter().find(|one| one.year == year);
    let scheme = of_year.and_then(|one| {
        let now = one.now.as_ref().map(|now| &now.scheme);
        let held = one.holds.as_ref().map(|held| &held.entitlement.scheme);
        now.or(held)
    });
    let scheme = scheme.and_then(|key| standard.scheme(key));
    let form = typed.and_then(|typed| {
        let year = typed.year.parse().ok()?;
        let base = standing(&view, year);
        Some(BaseForm {
            year,
            standing: base.map(|base| yuan(base.amount_fen)),
            typed,
        })
    });
    Show {
        why_none: view
            .why_none
            .as_ref()
            .map(|refusal| frame.refusal(&refusal.clone().into())),
        rule: scheme.map(|scheme| rule(&frame, &standard, scheme)),
        frame,
        view,
        form,
        problems,
    }
}

pub(super) async fn record(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(id): Path<UnitId>,
    Form(typed): Form<Typed>,
) -> PageResult {
    let year: i16 = typed.year.parse().map_err(|_| PageError::NotFound)?;
    let input = BaseInput {
        year,
        amount: typed.amount.clone(),
        note: typed.note.clone(),
        seen: typed.seen.parse().unwrap_or(0),
    };
    match told(bases::record(&app, &actor, &id, &input).await, &frame)? {
        Ok(()) => see_other_with(
            &address::subsidy_of(&id),
            &frame.t1("{} 年的补贴基数已登记。", year),
        ),
        Err(problems) => {
            let view = subsidies::of_unit(&app, &actor, &id).await?;
            // What was typed stays; the next submission is of what is shown now.
            let number = standing(&view, year).map_or(0, |base| base.number);
            let typed = Typed {
                seen: number.to_string(),
                ..typed
            };
            unprocessable(&shown(&app, frame, view, Some(typed), problems))
        }
    }
}
