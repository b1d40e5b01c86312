//! Invitations: who is still to come, the sheets to print, accounts made from the register, the accounts of a unit, and the way in by a code.

mod export;
mod joining;
mod making;
mod seats;
mod sheets;

use askama::Template;
use axum::extract::{Query, State};
use jianjia_app::{
    core::app::App,
    office::invitation::{self as invitations, Filter, Line, Listed, PAGE},
};
use jianjia_domain::{
    core::{
        ids::UnitId,
        policy::{Act, Actor, Role},
    },
    office::{
        account::{NameSource, login},
        invitation::{DAYS, MOST_AT_ONCE, USUAL_DAYS},
    },
    register::person::masked_phone,
};
use serde::Deserialize;

use crate::{
    form::Problems,
    frame::Frame,
    page::{PageError, PageResult, page},
    pages::core::export::download,
    path,
    query::asked,
    routes::{Access, Route},
    session::SignedIn,
};

use seats::last_day;

const INVITE: Access = Access::Act(Act::InviteBelow);

pub fn routes() -> Vec<Route> {
    let list = vec![
        Route::get("/invitations", INVITE, index),
        Route::get("/invitations/export", INVITE, download::<Search>),
    ];
    [
        list,
        sheets::routes(),
        making::routes(),
        seats::routes(),
        joining::routes(),
    ]
    .concat()
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Search {
    under: String,
    show: String,
    days: String,
    page: String,
}

impl Search {
    fn under(&self) -> Result<Option<UnitId>, PageError> {
        match self.under.as_str() {
            "" => Ok(None),
            id => Ok(Some(path::read(id)?)),
        }
    }

    fn filter(&self) -> Filter {
        Filter::from_key(&self.show).unwrap_or(Filter::New)
    }
}

#[derive(Template)]
#[template(path = "office/invitation/index.html")]
struct Index {
    frame: Frame,
    problems: Problems,
    listed: Listed,
    filter: Filter,
    days: String,
    page: i64,
}

impl Index {
    /// The filters with their numbers.
    fn tabs(&self) -> Vec<(String, String, bool)> {
        let counts = &self.listed.counts;
        let shown = [
            (Filter::New, Some(counts.new)),
            (Filter::Waiting, Some(counts.waiting)),
            (Filter::Late, None),
            (Filter::Expired, Some(counts.expired)),
            (Filter::Used, Some(counts.used)),
            (Filter::Revoked, Some(counts.revoked)),
        ];
        shown
            .into_iter()
            .map(|(filter, count)| {
                let word = self.frame.t_fixed(filter.word());
                let count =
                    count.map_or_else(String::new, |count| format!(" {}", self.frame.count(count)));
                (
                    self.address(filter),
                    format!("{word}{count}"),
                    filter == self.filter,
                )
            })
            .collect()
    }

    fn address(&self, filter: Filter) -> String {
        let under = self.listed.unit.id.to_string();
        let address = asked("/invitations", &[("under", &under), ("show", filter.key())]);
        address.trim_end_matches('&').to_owned()
    }

    fn base(&self) -> String {
        format!("{}&days={}&page=", self.address(self.filter), self.days)
    }

    fn export_href(&self) -> String {
        let under = self.listed.unit.id.to_string();
        let parts = [
            ("under", under.as_str()),
            ("show", self.filter.key()),
            ("days", &self.days),
        ];
        asked("/invitations/export", &parts) + "format=xlsx"
    }

    fn pages(&self) -> i64 {
        (self.listed.total + PAGE - 1) / PAGE
    }

    fn units(&self) -> Vec<(String, String)> {
        let units = self.listed.units.iter();
        units
            .map(|unit| (unit.id.to_string(), unit.name.clone()))
            .collect()
    }

    fn is_late(&self) -> bool {
        self.filter == Filter::Late
    }

    /// How many sheets the next printing has.
    fn printed(&self) -> i64 {
        self.listed.total.min(MOST_AT_ONCE)
    }

    fn is_printed(&self) -> bool {
        self.filter.is_printed() && self.listed.total > 0
    }

    fn name(&self, line: &Line) -> String {
        name(&self.frame, &line.name, line.name_source)
    }

    fn is_own_name(&self, line: &Line) -> bool {
        line.name_source == NameSource::Own
    }

    fn login(&self, line: &Line) -> String {
        masked(&line.login)
    }

    fn valid_days(&self) -> Vec<(String, String)> {
        days_to_choose(&self.frame)
    }

    fn forms(&self) -> Vec<(&'static str, &'static str)> {
        vec![
            ("pages", self.frame.t_fixed("一个工会一页")),
            ("labels", self.frame.t_fixed("标签，每页 12 张")),
            ("pdf", self.frame.t_fixed("PDF 文件，一个工会一页")),
        ]
    }

    fn state(&self, line: &Line) -> String {
        state(&self.frame, line)
    }

    fn may_import(&self) -> bool {
        self.frame.has(Role::Administrator)
    }
}

async fn index(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Query(search): Query<Search>,
) -> PageResult {
    page(&listed(&app, &actor, frame, Problems::none(), &search).await?)
}

async fn listed(
    app: &App,
    actor: &Actor,
    frame: Frame,
    problems: Problems,
    search: &Search,
) -> Result<Index, PageError> {
    let (under, filter) = (search.under()?, search.filter());
    let number = search.page.parse().unwrap_or(1).max(1);
    let days = search.days.parse().ok();
    Ok(Index {
        listed: invitations::list(app, actor, under.as_ref(), filter, days, number).await?,
        frame,
        problems,
        filter,
        days: days.map_or_else(|| "14".to_owned(), |days: i64| days.to_string()),
        page: number,
    })
}

/// How far an invitation is, as the list says it.
fn state(frame: &Frame, line: &Line) -> String {
    let invitation = &line.invitation;
    if let Some(used_at) = invitation.used_at {
        return frame.t1("{} 开通", frame.date_of(used_at));
    }
    let made = frame.date_of(invitation.made_at);
    match &invitation.expires_at {
        Some(until) => frame.t3(
            "{} 由 {} 发出，有效到 {}",
            made,
            &invitation.made_by_name,
            last_day(until),
        ),
        None => frame.t1("{} 建的账号，还没有发", made),
    }
}

/// The days for which codes are made: key and words.
fn days_to_choose(frame: &Frame) -> Vec<(String, String)> {
    let days = DAYS.iter();
    days.map(|days| (days.to_string(), frame.t1("{} 天内有效", days)))
        .collect()
}

/// The days as chosen.
fn chosen_days(typed: &str) -> i64 {
    let typed = typed.parse().ok();
    typed
        .filter(|days| DAYS.contains(days))
        .unwrap_or(USUAL_DAYS)
}

/// A name, or that nobody said it yet.
fn name(frame: &Frame, name: &str, source: NameSource) -> String {
    match source {
        NameSource::Open => frame.t("主席（姓名由本人填）").to_owned(),
        NameSource::Given | NameSource::Own => name.to_owned(),
    }
}

/// A login as it is shown to others: a telephone number without its middle.
fn masked(of: &str) -> String {
    if login::telephone(of).is_some() {
        masked_phone(of)
    } else {
        login::shown(of)
    }
}
