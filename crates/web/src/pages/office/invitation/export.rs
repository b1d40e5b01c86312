//! Who is to come as a table to download: the list under its filter, logins masked as there.

use axum::extract::{Query, State};
use jianjia_app::{
    core::{app::App, export::Made, job::running::Running},
    office::invitation::{self as invitations, Line},
};
use jianjia_documents::workbook::Cell;
use jianjia_domain::core::{
    export::{Export, ExportKind},
    policy::Actor,
};

use super::{Search, masked, name, state};
use crate::{
    frame::Frame,
    page::{PageError, PageResult},
    pages::core::export::{self as exports, Listed, Question, Rows, unit_of},
    query,
    session::SignedIn,
};

pub(super) async fn export(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Query(search): Query<Search>,
) -> PageResult {
    let kind = ExportKind::Invitations;
    let question = Question {
        kind,
        at: search.under()?.or_else(|| unit_of(&actor, kind)),
        fields: &[
            ("under", &search.under),
            ("show", &search.show),
            ("days", &search.days),
        ],
        format: &search.format,
    };
    let read = |portion| rows(&app, &actor, &frame, &search, portion);
    exports::answer(&frame, listed(&frame), question, read).await
}

fn listed(frame: &Frame) -> Listed {
    let headings = ["表格|所在工会", "姓名", "角色", "用户名", "邀请情况"];
    Listed::of(frame, "邀请", "invitations", &headings)
}

async fn rows(
    app: &App,
    actor: &Actor,
    frame: &Frame,
    search: &Search,
    portion: (i64, i64),
) -> Result<Rows, PageError> {
    let asked = (search.filter(), search.days.parse().ok());
    let under = search.under()?;
    let (lines, total) = invitations::export(app, actor, under.as_ref(), asked, portion).await?;
    let row = |line: &Line| {
        vec![
            Cell::Text(line.unit_name.clone()),
            Cell::Text(name(frame, &line.name, line.name_source)),
            Cell::from(frame.t_fixed(line.invitation.role.word())),
            Cell::Text(masked(&line.login)),
            Cell::Text(state(frame, line)),
        ]
    };
    Ok(Rows {
        rows: lines.iter().map(row).collect(),
        total,
    })
}

/// The list as the file of a job.
pub(crate) async fn made(
    app: &App,
    actor: &Actor,
    frame: &Frame,
    export: &Export,
    running: &Running,
) -> Result<Made, PageError> {
    let search: Search = query::of_fields(&export.asked)?;
    let read = |portion| rows(app, actor, frame, &search, portion);
    exports::made(listed(frame), &search.format, running, read).await
}
