//! The frame of a year before it is published: its sizes, the lottery whose number will be the seed, and who inspects.

use std::{collections::BTreeSet, sync::Arc};

use askama::Template;
use axum::extract::State;
use jianjia_app::{
    check::spot_check::{self as checks, Preview},
    core::app::App,
};
use jianjia_domain::{
    check::spot_check::{Candidate, Publication},
    core::{day, policy::Actor},
};
use jianjia_standard::Standard;

use super::super::strata::StrataTable;
use crate::{
    form::{Form, Problems, named::Fields, told},
    frame::Frame,
    page::{PageError, PageResult, page, see_other_with, unprocessable},
    pages::check::address,
    path::{self, Path},
    session::SignedIn,
};

#[derive(Template)]
#[template(path = "check/spot_check/prepare.html")]
struct Prepare {
    frame: Frame,
    standard: Arc<Standard>,
    preview: Preview,
    strata: StrataTable,
    typed: Fields,
    /// Those that are ticked; none: the form was not sent yet, and all are.
    chosen: Option<BTreeSet<String>>,
    problems: Problems,
}

impl Prepare {
    fn is_chosen(&self, candidate: &Candidate) -> bool {
        let chosen = self.chosen.as_ref();
        chosen.is_none_or(|chosen| chosen.contains(&candidate.account.to_string()))
    }

    fn units(&self) -> String {
        self.frame.count(self.preview.plan.units.len())
    }

    fn sample(&self) -> String {
        self.frame.count(self.preview.plan.sample())
    }

    fn title_name(&self) -> &str {
        let rules = self.standard.spot_check.as_ref();
        let title = rules.and_then(|rules| self.standard.title(&rules.title));
        title.map_or("", |title| self.frame.text(&title.name))
    }

    fn every_years(&self) -> u64 {
        let rules = self.standard.spot_check.as_ref();
        rules.map_or(1, |rules| rules.every_years)
    }

    fn is_announced(&self) -> bool {
        let rules = self.standard.spot_check.as_ref();
        rules.is_some_and(|rules| rules.announced)
    }
}

pub(super) async fn form(app: &App, actor: &Actor, frame: Frame, year: i16) -> PageResult {
    let preview = checks::preview(app, actor, year).await?;
    page(&prepare(app, frame, preview, Fields::default(), None))
}

fn prepare(
    app: &App,
    frame: Frame,
    preview: Preview,
    typed: Fields,
    chosen: Option<BTreeSet<String>>,
) -> Prepare {
    let standard = app.standards.of(preview.year).clone();
    Prepare {
        strata: StrataTable::of(&frame, &standard, &preview.plan.strata),
        standard,
        preview,
        typed,
        chosen,
        problems: Problems::none(),
        frame,
    }
}

pub(super) async fn publish(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(year): Path<i16>,
    Form(fields): Form<Fields>,
) -> PageResult {
    let publication = read(&fields)?;
    let done = match super::ticked(&app, &actor, fields.first("sure")).await {
        Ok(()) => checks::publish(&app, &actor, year, &publication).await,
        Err(error) => Err(error),
    };
    match told(done, &frame)? {
        Ok(_) => see_other_with(
            &address::office(year),
            "抽样框已公布，校验码在公示页面上。从现在起不能再加单位、减单位。",
        ),
        Err(problems) => {
            let preview = checks::preview(&app, &actor, year).await?;
            let chosen = fields.all("inspector").map(str::to_owned).collect();
            unprocessable(&Prepare {
                problems,
                ..prepare(&app, frame, preview, fields, Some(chosen))
            })
        }
    }
}

fn read(fields: &Fields) -> Result<Publication, PageError> {
    let inspectors: Result<Vec<_>, PageError> = fields.all("inspector").map(path::read).collect();
    Ok(Publication {
        lottery_name: fields.first("lottery_name").to_owned(),
        lottery_issue: fields.first("lottery_issue").to_owned(),
        lottery_on: day::read(fields.first("lottery_on")),
        inspectors: inspectors?,
        seen: fields.first("seen").to_owned(),
    })
}
