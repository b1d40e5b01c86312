//! A table that takes its time to be read: the page says how far it is, and loads itself again until it is read.

use std::time::Duration;

use askama::Template;
use axum::extract::State;
use jianjia_app::{
    core::{app::App, error::Error},
    exchange::import::reading::{self as readings, State as Reading},
};
use jianjia_domain::core::policy::Actor;
use uuid::Uuid;

use crate::{
    form::told,
    frame::Frame,
    page::{PageResult, page, see_other, unprocessable},
    pages::{
        exchange::{
            address,
            import::{at_its_field, index_page},
        },
        round::department,
    },
    path::{self, Path},
    session::SignedIn,
};

/// How long an upload waits for its end before it is shown how far it is.
pub(super) const FIRST_WAIT: Duration = Duration::from_secs(3);

/// How long the page waits for the end when it is loaded again.
const NEXT_WAIT: Duration = Duration::from_secs(1);

#[derive(Template)]
#[template(path = "exchange/import/reading.html")]
struct Show {
    frame: Frame,
    file_name: String,
    rows: i64,
    is_checking: bool,
    /// Where this page stands, to be loaded again.
    again: String,
}

pub(super) async fn show(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(id): Path<String>,
) -> PageResult {
    answer(&app, &actor, frame, &path::read(&id)?, NEXT_WAIT).await
}

/// What became of a reading, if it ends in time; else how far it is.
pub(super) async fn answer(
    app: &App,
    actor: &Actor,
    frame: Frame,
    id: &Uuid,
    wait: Duration,
) -> PageResult {
    match readings::state(app, actor, id, wait).await? {
        Reading::Checked(import) => see_other(&address::import(&frame, &import)),
        Reading::Refused {
            refusal,
            kind,
            unit,
        } => {
            let refused: Result<(), Error> = Err(at_its_field(Error::Refused(refusal)));
            match told(refused, &frame)? {
                Ok(()) => see_other(address::imports(&frame)),
                Err(problems) if actor.is_department() => {
                    department::own_again(app, actor, frame, problems).await
                }
                Err(problems) => {
                    let (kind, unit) = (kind.key().to_owned(), unit.to_string());
                    unprocessable(&index_page(app, actor, frame, kind, unit, problems).await?)
                }
            }
        }
        Reading::Running {
            rows,
            is_checking,
            file_name,
        } => {
            let again = address::reading(&frame, id);
            if wait == FIRST_WAIT {
                return see_other(&again);
            }
            page(&Show {
                frame,
                file_name,
                rows,
                is_checking,
                again,
            })
        }
    }
}
