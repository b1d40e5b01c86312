//! Proposals to change the standard: saved under a name with a reason, listed for colleagues, and one with what it comes to now.

use askama::Template;
use axum::extract::{Query, State};
use jianjia_app::{
    amending::what_if::{
        self as what_ifs, TitleEffect, Where,
        proposal::{self as proposals, Found, ListFilter, ProposalPage, SaveInput},
    },
    core::{app::App, standard::Standards},
    year::assessment::as_of,
};
use jianjia_documents::workbook::Cell;
use jianjia_domain::{
    amending::what_if::{Proposal, ProposalState},
    core::{ids::ProposalId, policy::Actor},
};
use serde::Deserialize;

use super::{
    Saving,
    question::{Asked, pair},
    shown,
    words::{self, ChangeLine},
};
use crate::{
    form::{Form, Problems, told},
    frame::Frame,
    page::{PageError, PageResult, page, see_other_with, unprocessable},
    pages::{
        amending::address::{self, PROPOSALS, WHAT_IF},
        core::export::Listed,
    },
    path::Path,
    query,
    session::SignedIn,
};

/// A table of all proposals: nobody makes thousands.
const AT_MOST: i64 = 2_000;

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Wanted {
    q: String,
    state: String,
    page: String,
    format: String,
}

impl Wanted {
    fn filter(&self) -> ListFilter {
        ListFilter {
            state: ProposalState::from_key(&self.state),
            text: self.q.clone(),
        }
    }

    fn fields(&self) -> [(&str, &str); 2] {
        [("q", &self.q), ("state", &self.state)]
    }
}

#[derive(Template)]
#[template(path = "amending/what_if/saved.html")]
struct Index {
    frame: Frame,
    asked: Wanted,
    list: ProposalPage,
}

impl Index {
    fn is_filtered(&self) -> bool {
        !(self.asked.q.is_empty() && self.asked.state.is_empty())
    }

    fn states(&self) -> Vec<(String, String)> {
        let states = ProposalState::ALL.into_iter();
        states
            .map(|state| {
                (
                    state.key().to_owned(),
                    self.frame.t_fixed(state.word()).to_owned(),
                )
            })
            .collect()
    }

    fn state(&self, proposal: &Proposal) -> &'static str {
        self.frame.t_fixed(proposal.state.word())
    }

    fn base(&self) -> String {
        query::asked(PROPOSALS, &self.asked.fields()) + "page="
    }

    fn export_href(&self) -> String {
        query::asked("/what-if/saved/export", &self.asked.fields()) + "format=xlsx"
    }

    fn no_problems(&self) -> Problems {
        Problems::none()
    }
}

pub(super) async fn index(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Query(asked): Query<Wanted>,
) -> PageResult {
    let number = asked.page.parse().unwrap_or(1);
    let list = proposals::list(&app, &actor, &asked.filter(), number).await?;
    page(&Index { frame, asked, list })
}

pub(super) async fn export(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Query(asked): Query<Wanted>,
) -> PageResult {
    let (found, _) = proposals::export(&app, &actor, &asked.filter(), (AT_MOST, 0)).await?;
    let headings = [
        "方案名称",
        "年度",
        "理由",
        "测算|改动",
        "状态",
        "提出人",
        "提出时间",
        "最后改动",
    ];
    let row = |proposal: &Proposal| {
        let changes: Vec<String> = said(&app.standards, &frame, proposal, &app)
            .iter()
            .map(|line| {
                format!(
                    "{} {} {}: {} → {}",
                    line.of, line.clause, line.what, line.from, line.to
                )
            })
            .collect();
        vec![
            Cell::Text(proposal.name.clone()),
            Cell::Number(i64::from(proposal.year)),
            Cell::Text(proposal.reason.clone()),
            Cell::Text(changes.join("\n")),
            Cell::from(frame.t_fixed(proposal.state.word())),
            Cell::Text(proposal.made_by_name.clone()),
            Cell::Text(frame.minute(proposal.made_at)),
            Cell::Text(frame.minute(proposal.changed_at)),
        ]
    };
    let rows = found.iter().map(row).collect();
    let listed = Listed::of(&frame, "标准修改方案", "proposals", &headings);
    listed.answer(rows, &asked.format).await
}

/// What a proposal changes, in the words of the standard that holds for its year.
fn said(standards: &Standards, frame: &Frame, proposal: &Proposal, app: &App) -> Vec<ChangeLine> {
    let standard = standards.of(proposal.year);
    words::lines(
        frame,
        standard,
        &proposal.changes,
        as_of(app, proposal.year),
    )
}

#[derive(Template)]
#[template(path = "amending/what_if/proposal.html")]
struct Show {
    frame: Frame,
    found: Found,
    said: Vec<ChangeLine>,
    /// What it comes to now; none where its changes can't be made any more.
    titles: Option<Vec<TitleEffect>>,
    /// Whether the standard of the year is another than when it was made.
    is_older: bool,
    problems: Problems,
}

impl Show {
    async fn of(
        app: &App,
        actor: &Actor,
        frame: Frame,
        id: &ProposalId,
        problems: Problems,
    ) -> Result<Show, PageError> {
        let found = proposals::find(app, actor, id).await?;
        let proposal = &found.proposal;
        let at = Where {
            year: Some(proposal.year),
            place: Some(proposal.unit),
        };
        let stage = what_ifs::stage(app, actor, &at).await?;
        let (titles, problems) = match told(stage.changed(&proposal.changes), &frame)? {
            Ok((standard, _)) => {
                let (from, place) = (&stage.standard, &stage.place);
                let effect = what_ifs::effect(app, from, &standard, stage.year, place).await?;
                (Some(effect.titles), problems)
            }
            Err(refused) => (None, problems.and(refused)),
        };
        Ok(Show {
            said: words::lines(&frame, &stage.standard, &proposal.changes, stage.as_of),
            is_older: proposal.standard_hash != stage.standard.version,
            frame,
            found,
            titles,
            problems,
        })
    }

    fn state(&self) -> &'static str {
        self.frame.t_fixed(self.found.proposal.state.word())
    }

    fn is_open(&self) -> bool {
        self.found.proposal.state == ProposalState::Open
    }

    /// The what-if of its changes, from which it can be revised.
    fn href(&self) -> String {
        let proposal = &self.found.proposal;
        let (year, place, id) = (
            proposal.year.to_string(),
            proposal.unit.to_string(),
            proposal.id.to_string(),
        );
        let pairs: Vec<(String, String)> = proposal.changes.iter().map(pair).collect();
        let mut parts: Vec<(&str, &str)> = vec![("year", &year), ("place", &place)];
        if self.is_open() {
            parts.push(("proposal", &id));
        }
        parts.extend(
            pairs
                .iter()
                .map(|(name, value)| (name.as_str(), value.as_str())),
        );
        let address = query::asked(WHAT_IF, &parts);
        address.trim_end_matches('&').to_owned()
    }
}

pub(super) async fn show(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(id): Path<ProposalId>,
) -> PageResult {
    page(&Show::of(&app, &actor, frame, &id, Problems::none()).await?)
}

/// What a form sends: the question, and what is typed to save it.
struct Sent {
    asked: Asked,
    saving: Saving,
    revision: i64,
}

impl Sent {
    fn of(pairs: Vec<(String, String)>) -> Sent {
        let field = |name: &str| {
            let found = pairs.iter().rev().find(|(known, _)| known == name);
            found.map_or_else(String::new, |(_, value)| value.clone())
        };
        let saving = Saving {
            name: field("name"),
            reason: field("reason"),
            request_key: field("request_key"),
        };
        let revision = field("revision").parse().unwrap_or(0);
        Sent {
            asked: Asked::of(pairs),
            saving,
            revision,
        }
    }

    fn input(&self) -> Result<SaveInput, PageError> {
        Ok(SaveInput {
            asked: self.asked.at()?,
            name: self.saving.name.clone(),
            reason: self.saving.reason.clone(),
            changes: self.asked.changes(),
            request_key: self.saving.request_key.clone(),
        })
    }
}

pub(super) async fn propose(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Form(pairs): Form<Vec<(String, String)>>,
) -> PageResult {
    let sent = Sent::of(pairs);
    match told(
        proposals::propose(&app, &actor, &sent.input()?).await,
        &frame,
    )? {
        Ok(kept) => see_other_with(
            &address::proposal(&kept.id),
            "方案已保存，能看这些单位的同事都能在方案列表里看到。",
        ),
        Err(problems) => {
            let again = (sent.saving, problems);
            shown(&app, &actor, frame, sent.asked, again).await
        }
    }
}

pub(super) async fn revise(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(id): Path<ProposalId>,
    Form(pairs): Form<Vec<(String, String)>>,
) -> PageResult {
    let sent = Sent::of(pairs);
    let of = (&id, sent.revision);
    let revised = proposals::revise(&app, &actor, of, &sent.input()?).await;
    match told(revised, &frame)? {
        Ok(_) => see_other_with(&address::proposal(&id), "方案已改好。"),
        Err(problems) => {
            let again = (sent.saving, problems);
            shown(&app, &actor, frame, sent.asked, again).await
        }
    }
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct WithdrawalForm {
    revision: String,
}

pub(super) async fn withdraw(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(id): Path<ProposalId>,
    Form(form): Form<WithdrawalForm>,
) -> PageResult {
    let of = (&id, form.revision.parse().unwrap_or(0));
    match told(proposals::withdraw(&app, &actor, of).await, &frame)? {
        Ok(_) => see_other_with(&address::proposal(&id), "方案已撤回，仍可查看。"),
        Err(problems) => unprocessable(&Show::of(&app, &actor, frame, &id, problems).await?),
    }
}
