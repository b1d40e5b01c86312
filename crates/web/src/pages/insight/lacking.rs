//! The unions behind a figure: those that lack a clause, and those that lack one alone, who are worth a telephone call.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Query, State};
use jianjia_app::{
    core::app::App,
    insight::holding_back::{self as holding, Lacking, LackingPage},
};
use jianjia_domain::{
    core::{
        place::UnitPlace,
        policy::{self, Act, Actor},
    },
    register::{person::masked_phone, unit::codes},
    year::shortfall::{Facet, bit, clauses},
};
use jianjia_standard::{Standard, judgement::Status};

use crate::{
    form::Problems,
    frame::Frame,
    page::{PageResult, page},
    pages::{
        core::export::download,
        insight::{
            address::{self, LACKING, ONE_STEP},
            dashboard::title_name,
            holding_back::{value_name, years},
        },
    },
    query,
    routes::{Access, Route},
    session::SignedIn,
};

mod export;
mod question;

pub(crate) use self::question::{Asked, OneStep};

pub fn routes() -> Vec<Route> {
    vec![
        Route::get(LACKING, Access::SignedIn, unions),
        Route::get(
            "/insight/unions/export",
            Access::SignedIn,
            download::<Asked>,
        ),
        Route::get(ONE_STEP, Access::SignedIn, one_step),
        Route::get(
            "/insight/one-step/export",
            Access::SignedIn,
            download::<OneStep>,
        ),
    ]
}

#[derive(Template)]
#[template(path = "insight/lacking.html")]
struct List {
    frame: Frame,
    standard: Arc<Standard>,
    asked: Asked,
    shown: LackingPage,
    is_steps: bool,
    problems: Problems,
}

impl List {
    fn of(app: &App, frame: Frame, asked: Asked, shown: LackingPage, is_steps: bool) -> List {
        List {
            standard: app.standards.of(shown.year).clone(),
            frame,
            asked,
            shown,
            is_steps,
            problems: Problems::none(),
        }
    }

    fn place(&self) -> &UnitPlace {
        &self.shown.place.unit
    }

    fn path(&self) -> &'static str {
        if self.is_steps { ONE_STEP } else { LACKING }
    }

    fn heading(&self) -> &'static str {
        if self.is_steps {
            self.frame.t_fixed("只差一步的工会")
        } else if self
            .clauses()
            .iter()
            .all(|(clause, _)| *clause != self.asked.clause)
        {
            self.frame.t_fixed("争创称号的工会")
        } else {
            self.frame.t_fixed("欠缺条目的工会")
        }
    }

    fn title_name(&self) -> String {
        title_name(&self.frame, &self.standard, &self.shown.title)
    }

    fn lead(&self) -> String {
        let (place, year) = (&self.place().name, self.shown.year);
        let words = if self.is_steps {
            "{}，{} 年度：争创{}，只差一个条目的工会。可以逐家打电话，说清还差什么、怎样补。"
        } else {
            "{}，{} 年度：争创{}的工会。"
        };
        self.frame.t3(words, place, year, self.title_name())
    }

    fn titles(&self) -> Vec<(String, String)> {
        let titles = self.shown.striving.iter();
        titles
            .map(|one| {
                let name = title_name(&self.frame, &self.standard, &one.title);
                (one.title.clone(), name)
            })
            .collect()
    }

    fn title(&self) -> &String {
        &self.shown.title
    }

    fn years(&self) -> Vec<(String, String)> {
        years(&self.frame, &self.standard, self.shown.year)
    }

    fn year(&self) -> String {
        self.shown.year.to_string()
    }

    /// The clauses of the title, to narrow the list to.
    fn clauses(&self) -> Vec<(String, String)> {
        let title = self.standard.title(&self.shown.title);
        let clauses = title.map(|title| clauses(&self.standard, title));
        let name = |clause: &str| {
            let criterion = self.standard.criterion(clause);
            criterion.map_or("", |criterion| self.frame.text(&criterion.name))
        };
        clauses
            .into_iter()
            .flatten()
            .map(|clause| (clause.to_owned(), format!("{clause} {}", name(clause))))
            .collect()
    }

    fn stands(&self) -> Vec<(String, String)> {
        let words: &[(&str, &str)] = if self.is_steps {
            &[("unmet", "未达到"), ("unknown", "还不知道")]
        } else {
            &[
                ("unmet", "未达到"),
                ("unknown", "还不知道"),
                ("asked", "适用的都列出"),
            ]
        };
        let words = words.iter();
        words
            .map(|(key, word)| ((*key).to_owned(), self.frame.t(word).to_owned()))
            .collect()
    }

    fn employers(&self) -> Vec<(String, String)> {
        let keys = codes::EMPLOYERS.iter().map(|code| code.key);
        self.values(Facet::Employer, keys)
    }

    fn trades(&self) -> Vec<(String, String)> {
        let keys = codes::INDUSTRIES.iter().map(|code| code.key);
        self.values(Facet::Trade, keys)
    }

    fn sizes(&self) -> Vec<(String, String)> {
        let keys = self.standard.sizes.iter().map(|size| size.key.as_str());
        self.values(Facet::Size, keys)
    }

    /// The values of a facet with their words, and the one that is not known.
    fn values<'a>(
        &self,
        facet: Facet,
        keys: impl Iterator<Item = &'a str>,
    ) -> Vec<(String, String)> {
        let named = |key: &str| value_name(&self.frame, &self.standard, facet, key);
        let not_known = (address::NOT_KNOWN.to_owned(), named(""));
        keys.map(|key| (key.to_owned(), named(key)))
            .chain(std::iter::once(not_known))
            .collect()
    }

    fn facets(&self, line: &Lacking) -> String {
        facets(&self.frame, &self.standard, line)
    }

    fn lacks(&self, line: &Lacking) -> String {
        lacks(&self.frame, &self.standard, line, &self.asked.clause)
    }

    /// The clause that alone is lacking, in words.
    fn step_name(&self, line: &Lacking) -> &str {
        let step = line.shortfall.step.as_ref();
        let criterion = step.and_then(|step| self.standard.criterion(&step.clause));
        criterion.map_or("", |criterion| self.frame.text(&criterion.name))
    }

    fn phone(&self, line: &Lacking) -> String {
        phone(self.frame.actor.as_ref(), line)
    }

    /// The same to be dialled from the phone; none where it is masked or not known.
    fn dialled(&self, line: &Lacking) -> Option<String> {
        let phone = self.phone(line);
        let is_number = |sign: char| sign.is_ascii_digit() || matches!(sign, '-' | '+' | ' ');
        (!phone.is_empty() && phone.chars().all(is_number)).then_some(phone)
    }

    /// The pages of the union at which what is lacking is seen: its home.
    fn home(&self, line: &Lacking) -> String {
        format!("/units/{}/home", line.unit.id)
    }

    /// The address of a page of the same list, up to and with `page=`.
    fn base(&self) -> String {
        query::asked(self.path(), &self.asked.fields()) + "page="
    }

    fn export_address(&self, format: &str) -> String {
        let path = format!("{}/export", self.path());
        format!(
            "{}format={format}",
            query::asked(&path, &self.asked.fields())
        )
    }

    fn holding_back(&self) -> String {
        address::holding_back(&self.place().id, self.shown.year, &self.shown.title)
    }

    fn parted(&self) -> String {
        address::parted(&self.place().id, self.shown.year, &self.shown.title, "")
    }
}

/// Kind, employer, trade and size, as far as they are known.
fn facets(frame: &Frame, standard: &Standard, line: &Lacking) -> String {
    let named = |facet| {
        let value = line.shortfall.value(facet);
        (!value.is_empty()).then(|| value_name(frame, standard, facet, value))
    };
    let names: Vec<String> = Facet::PARTING.into_iter().filter_map(named).collect();
    names.join(frame.t("、"))
}

/// What a union lacks: by how much where it is one clause alone, else how the clause that was asked for stands, and how many are lacking.
fn lacks(frame: &Frame, standard: &Standard, line: &Lacking, asked: &str) -> String {
    let shortfall = &line.shortfall;
    if let Some(step) = &shortfall.step {
        return frame.text(&step.lacks).to_owned();
    }
    let lacking = match shortfall.marks.lacking() {
        0 => frame.t("不缺条目").to_owned(),
        some => frame.t1("共欠缺 {} 个条目", some),
    };
    let title = standard.title(&shortfall.title);
    let mut numbered = title.into_iter().flat_map(|title| clauses(standard, title));
    let Some(number) = numbered.position(|clause| clause == asked) else {
        return lacking;
    };
    let bit = bit(number);
    let status = if shortfall.marks.unmet & bit != 0 {
        Status::Unmet
    } else if shortfall.marks.unknown & bit != 0 {
        Status::Unknown
    } else {
        Status::Met
    };
    format!("{}{}{lacking}", status.name(frame.lang), frame.t("，"))
}

/// The chair's telephone, else the union's: whole to those who may correct the union's record, masked to others.
fn phone(actor: Option<&Actor>, line: &Lacking) -> String {
    let phone = if line.chair_phone.is_empty() {
        &line.phone
    } else {
        &line.chair_phone
    };
    let sees = actor.is_some_and(|actor| policy::may(actor, Act::EditUnit, &line.unit));
    if sees {
        phone.clone()
    } else {
        masked_phone(phone)
    }
}

async fn unions(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Query(asked): Query<Asked>,
) -> PageResult {
    let number = asked.page.trim().parse().unwrap_or(1);
    let shown = holding::list(&app, &actor, &asked.question()?, number).await?;
    page(&List::of(&app, frame, asked, shown, false))
}

async fn one_step(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Query(asked): Query<Asked>,
) -> PageResult {
    let number = asked.page.trim().parse().unwrap_or(1);
    let shown = holding::list(&app, &actor, &asked.question_of_steps()?, number).await?;
    page(&List::of(&app, frame, asked, shown, true))
}
