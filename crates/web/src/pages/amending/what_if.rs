//! What a change of the standard would come to: figures are moved in a form, and the page says who would gain or lose which title, by place and kind, with
//! the list. The address holds what is changed, so a link shares it; colleagues find what was saved under `proposal`.

use askama::Template;
use axum::extract::{Query, State};
use jianjia_app::{
    amending::what_if::{
        self as what_ifs, Effect, LINES, MoveLine, PersonLine, Stage, Tally, TitleEffect,
        proposal::{self as proposals, Found},
    },
    core::app::App,
};
use jianjia_domain::core::{
    ids::ProposalId,
    policy::{Act, Actor},
};
use jianjia_standard::{judgement::Status, what_if::change::Change};

use crate::{
    form::{Problems, told},
    frame::Frame,
    page::{PageResult, page, see_other, unprocessable},
    pages::{
        amending::address::{PROPOSALS, WHAT_IF},
        core::export::download,
    },
    path, request_key,
    routes::{Access, Route},
    session::SignedIn,
};

mod export;
mod form;
pub(crate) mod proposal;
mod question;
mod tables;
mod words;

pub(crate) use self::question::Asked;
use self::{
    form::{Group, Shape, groups},
    words::ChangeLine,
};

const ASK: Access = Access::Act(Act::AskWhatIf);
const PROPOSE: Access = Access::Act(Act::ProposeChange);

pub fn routes() -> Vec<Route> {
    vec![
        Route::get(WHAT_IF, ASK, index),
        Route::get("/what-if/export", ASK, download::<Asked>),
        Route::get(PROPOSALS, ASK, proposal::index),
        Route::get("/what-if/saved/export", ASK, proposal::export),
        Route::post(PROPOSALS, PROPOSE, proposal::propose),
        Route::get("/what-if/saved/{id}", ASK, proposal::show),
        Route::post("/what-if/saved/{id}", PROPOSE, proposal::revise),
        Route::post(
            "/what-if/saved/{id}/withdrawal",
            PROPOSE,
            proposal::withdraw,
        ),
    ]
}

/// What is typed to save it.
#[derive(Clone, Debug, Default)]
pub(super) struct Saving {
    name: String,
    reason: String,
    request_key: String,
}

#[derive(Template)]
#[template(path = "amending/what_if/index.html")]
struct Index {
    frame: Frame,
    stage: Stage,
    asked: Asked,
    changes: Vec<Change>,
    groups: Vec<Group>,
    said: Vec<ChangeLine>,
    /// None where a change can't be made.
    effect: Option<Effect>,
    lines: Vec<MoveLine>,
    total: i64,
    saving: Saving,
    /// The proposal that it was opened from, if it can be revised.
    of: Option<Found>,
    problems: Problems,
}

impl Index {
    fn title(&self) -> String {
        self.frame.t1("标准测算：{}", &self.stage.place.name)
    }

    fn years(&self) -> Vec<(String, String)> {
        let years = self.stage.years.iter();
        years
            .map(|year| (year.to_string(), year.to_string()))
            .collect()
    }

    fn year(&self) -> String {
        self.stage.year.to_string()
    }

    fn titles(&self) -> &[TitleEffect] {
        self.effect.as_ref().map_or(&[], |effect| &effect.titles)
    }

    fn is_moving(&self) -> bool {
        let mut titles = self.titles().iter();
        titles.any(|title| title.tally != Tally::default())
    }

    fn is_filtered(&self) -> bool {
        let mut fields = ["title", "what", "under", "kind"].into_iter();
        fields.any(|name| !self.asked.field(name).is_empty())
    }

    /// What the list is narrowed to, in words.
    fn narrowed(&self) -> String {
        let mut words: Vec<String> = Vec::new();
        let title = self.asked.field("title");
        if let Some(found) = self.titles().iter().find(|known| known.key == title) {
            words.push(self.frame.text(&found.name).to_owned());
        }
        let filter = self.asked.filter().unwrap_or_default();
        if let Some(under) = filter.under {
            let mut places = self.effect.iter().flat_map(|effect| &effect.places);
            let found = places.find(|found| found.place.id == under);
            words.extend(found.map(|found| found.place.name.clone()));
        }
        if let Some(kind) = filter.kind {
            words.push(words::kind(&self.frame, kind).to_owned());
        }
        if let Some(what) = filter.what {
            words.push(self.frame.t_fixed(words::moved(what)).to_owned());
        }
        words.join(self.frame.t("、"))
    }

    fn whole_list(&self) -> String {
        let address = self.asked.base(WHAT_IF, &self.changes);
        format!("{}#moved", address.trim_end_matches(['?', '&']))
    }

    /// Back to the standard as it holds.
    fn unchanged(&self) -> String {
        let address = self.asked.with(WHAT_IF, &[], &["year", "place"], &[]);
        address.trim_end_matches(['?', '&']).to_owned()
    }

    fn list_base(&self) -> String {
        self.asked.listed(WHAT_IF, &self.changes) + "page="
    }

    fn export_href(&self) -> String {
        self.asked.listed("/what-if/export", &self.changes) + "format=xlsx"
    }

    fn page_number(&self) -> i64 {
        self.asked.page()
    }

    fn pages(&self) -> i64 {
        (self.total + LINES - 1) / LINES
    }

    fn moved(&self, line: &MoveLine) -> &'static str {
        self.frame.t_fixed(words::moved(line.what))
    }

    fn kind(&self, line: &MoveLine) -> &'static str {
        words::kind(&self.frame, line.kind)
    }

    fn applied(&self, person: &PersonLine) -> &'static str {
        words::applied(&self.frame, person)
    }

    fn because(&self, person: &PersonLine) -> String {
        words::because(&self.frame, &self.stage.standard, &person.because)
    }

    /// Whether people are among those who are listed: what stands against them is told then.
    fn lists_people(&self) -> bool {
        self.lines.iter().any(|line| line.person.is_some())
    }

    fn status(&self, status: &Option<Status>) -> &'static str {
        words::status(&self.frame, *status)
    }

    /// What a form that saves or asks anew sends along.
    fn hidden(&self) -> Vec<(String, String)> {
        let mut hidden = vec![
            ("year".to_owned(), self.stage.year.to_string()),
            ("place".to_owned(), self.stage.place.id.to_string()),
        ];
        hidden.extend(self.changes.iter().map(question::pair));
        hidden
    }

    fn other_places(&self) -> Vec<(String, String)> {
        let places = self.stage.places.iter();
        places
            .map(|place| (place.id.to_string(), place.name.clone()))
            .collect()
    }

    fn place_id(&self) -> String {
        self.stage.place.id.to_string()
    }

    fn asked_proposal(&self) -> &str {
        self.asked.field("proposal")
    }

    /// Whether the entry of a field that adds a clause was chosen, and something else couldn't be changed.
    fn is_typed_add(&self, name: &str, key: &str) -> bool {
        self.effect.is_none() && self.asked.typed(name) == Some(key)
    }

    /// What was typed, or what the proposal says.
    fn saved_name<'a>(&'a self, found: &'a Found) -> &'a str {
        if self.problems.is_empty() {
            &found.proposal.name
        } else {
            &self.saving.name
        }
    }

    fn saved_reason<'a>(&'a self, found: &'a Found) -> &'a str {
        if self.problems.is_empty() {
            &found.proposal.reason
        } else {
            &self.saving.reason
        }
    }

    fn no_problems(&self) -> Problems {
        Problems::none()
    }

    fn revised(&self) -> Option<&Found> {
        self.of.as_ref().filter(|found| found.may_change)
    }
}

async fn index(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Query(pairs): Query<Vec<(String, String)>>,
) -> PageResult {
    let asked = Asked::of(pairs);
    let saving = Saving {
        request_key: request_key::fresh(&app),
        ..Saving::default()
    };
    shown(&app, &actor, frame, asked, (saving, Problems::none())).await
}

/// The page, or the address that says what is changed and nothing else.
pub(super) async fn shown(
    app: &App,
    actor: &Actor,
    frame: Frame,
    asked: Asked,
    (saving, problems): (Saving, Problems),
) -> PageResult {
    let stage = what_ifs::stage(app, actor, &asked.at()?).await?;
    let of = match asked.field("proposal") {
        "" => None,
        id => {
            let id: ProposalId = path::read(id)?;
            Some(proposals::find(app, actor, &id).await?)
        }
    };
    let typed = asked.changes();
    let is_new = problems.is_empty();
    let (changes, effect, problems) = match told(stage.changed(&typed), &frame)? {
        Ok((standard, kept)) => {
            if is_new && !asked.is_as_written(&kept) {
                return see_other(&asked.address(WHAT_IF, &kept));
            }
            let year = stage.year;
            let effect =
                what_ifs::effect(app, &stage.standard, &standard, year, &stage.place).await?;
            (kept, Some(effect), problems)
        }
        // A clause that can't be added has no box of its own.
        Err(refused) => {
            // What couldn't be saved told the same.
            let refused = if is_new { refused } else { problems };
            let added = typed.iter().filter(|change| change.path == "add");
            let refused = added.fold(refused, |refused, change| {
                refused.renamed(&change.name(), &format!("{}.add", change.title))
            });
            (typed, None, refused)
        }
    };
    let portion = (LINES, (asked.page() - 1).saturating_mul(LINES));
    let (lines, total) = match &effect {
        Some(effect) => effect.lines(&asked.filter()?, portion),
        None => (Vec::new(), 0),
    };
    let standard = &stage.standard;
    let answer = Index {
        groups: groups(&frame, standard, (&asked, &changes), &problems, stage.as_of),
        said: match &effect {
            Some(_) => words::lines(&frame, standard, &changes, stage.as_of),
            None => Vec::new(),
        },
        frame,
        stage,
        asked,
        changes,
        effect,
        lines,
        total,
        saving,
        of,
        problems,
    };
    if answer.problems.is_empty() {
        page(&answer)
    } else {
        unprocessable(&answer)
    }
}
