//! Who signs in for a unit, as the federation above sees it: new codes, revoking one, handing over.

use askama::Template;
use axum::extract::State;
use jianjia_app::{
    core::app::App,
    office::{
        account as accounts,
        invitation::{self as invitations, Seated, Seats, handover, printing},
    },
};
use jianjia_domain::{
    core::{
        ids::{AccountId, UnitId},
        policy::{self, Act, Actor},
        refusal::Refuse,
    },
    office::{
        account::{AccountState, NameSource},
        invitation::InvitationState,
    },
    register::person::masked_phone,
};
use serde::Deserialize;

use crate::{
    form::{Form, Nothing, Problems, told},
    frame::Frame,
    page::{PageError, PageResult, page, see_other_with, unprocessable},
    pages::office::invitation::{INVITE, days_to_choose, masked, name},
    path::{self, Path},
    routes::Route,
    session::SignedIn,
};

pub fn routes() -> Vec<Route> {
    vec![
        Route::get("/units/{id}/accounts", INVITE, show),
        Route::post("/units/{id}/accounts/handover", INVITE, hand_over),
        Route::post("/accounts/{id}/invitation/revocation", INVITE, revoke),
    ]
}

#[derive(Template)]
#[template(path = "office/invitation/seats.html")]
struct SeatsPage {
    frame: Frame,
    problems: Problems,
    seats: Seats,
}

impl SeatsPage {
    fn name(&self, seat: &Seated) -> String {
        name(&self.frame, &seat.account.name, seat.account.name_source)
    }

    fn is_own_name(&self, seat: &Seated) -> bool {
        seat.account.name_source == NameSource::Own
    }

    fn login(&self, seat: &Seated) -> String {
        masked(&seat.account.login)
    }

    fn valid_days(&self) -> Vec<(String, String)> {
        days_to_choose(&self.frame)
    }

    fn refused(&self, seat: &Seated) -> Option<String> {
        let refused = seat.refused.as_ref()?;
        Some(refused.sentence(self.frame.lang))
    }

    fn problem(&self, seat: &Seated) -> Option<&str> {
        self.problems.of(&format!("sure-{}", seat.account.id))
    }

    fn telephone(&self, seat: &Seated) -> String {
        masked_phone(&seat.account.telephone)
    }

    fn is_locked(&self, seat: &Seated) -> bool {
        seat.account.state == AccountState::Locked
    }

    fn is_waiting(&self, seat: &Seated) -> bool {
        let state = seat.invitation.as_ref().map(|invitation| invitation.state);
        state == Some(InvitationState::Waiting)
    }

    /// How far its owner has come.
    fn says(&self, seat: &Seated) -> String {
        let frame = &self.frame;
        if seat.account.has_password {
            return frame.t("已经开通").to_owned();
        }
        match &seat.invitation {
            Some(invitation) if invitation.is_expired(frame_now(frame)) => {
                frame.t("邀请码已过期，没有开通").to_owned()
            }
            Some(invitation) => match (invitation.state, invitation.expires_at) {
                (InvitationState::Waiting, Some(until)) => {
                    let (made, until) = (frame.date_of(invitation.made_at), last_day(&until));
                    frame.t2("{} 发出邀请码，有效到 {}，还没有开通", made, until)
                }
                (InvitationState::Revoked, _) => frame.t("邀请码已作废").to_owned(),
                _ => frame.t("还没有发邀请码").to_owned(),
            },
            None => frame.t("还没有发邀请码").to_owned(),
        }
    }
}

/// The beginning of today: a code is good to the end of its day.
fn frame_now(frame: &Frame) -> jiff::Timestamp {
    jianjia_domain::core::day::start_of(frame.today)
}

/// The last day of a code.
pub(super) fn last_day(until: &jiff::Timestamp) -> String {
    let last = *until - jiff::SignedDuration::from_secs(1);
    jianjia_domain::core::day::day_of(last).to_string()
}

async fn show(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(id): Path<UnitId>,
) -> PageResult {
    page(&shown(&app, &actor, frame, &id, Problems::none()).await?)
}

async fn shown(
    app: &App,
    actor: &Actor,
    frame: Frame,
    unit: &UnitId,
    problems: Problems,
) -> Result<SeatsPage, PageError> {
    Ok(SeatsPage {
        seats: invitations::of_unit(app, actor, unit).await?,
        frame,
        problems,
    })
}

/// The page of the unit where the account has its first role in the actor's sight, with why something was not done.
pub(super) async fn again(
    app: &App,
    actor: &Actor,
    frame: Frame,
    account: &AccountId,
    problems: Problems,
) -> PageResult {
    let account = accounts::anybody(app, account).await?;
    let mut roles = account.roles.iter();
    let at = roles
        .find(|at| policy::may(actor, Act::InviteBelow, &at.unit))
        .ok_or(PageError::NotFound)?;
    let problems = problems.renamed("sure", &format!("sure-{}", account.id));
    unprocessable(&shown(app, actor, frame, &at.unit.id, problems).await?)
}

async fn revoke(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(id): Path<AccountId>,
    Form(Nothing {}): Form<Nothing>,
) -> PageResult {
    match told(printing::revoke(&app, &actor, &id).await, &frame)? {
        Ok(unit) => see_other_with(&format!("/units/{}/accounts", unit.id), "邀请码已经作废"),
        Err(problems) => again(&app, &actor, frame, &id, problems).await,
    }
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct Whose {
    account: String,
}

async fn hand_over(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(unit): Path<UnitId>,
    Form(whose): Form<Whose>,
) -> PageResult {
    let old: AccountId = path::read(&whose.account)?;
    match told(handover::hand_over(&app, &actor, &unit, &old).await, &frame)? {
        Ok(_) => see_other_with(
            &format!("/units/{unit}/accounts"),
            "已经交接：原主席的账号不能再用，工会的材料和申报都在。请给新主席打印邀请单。",
        ),
        Err(problems) => unprocessable(&shown(&app, &actor, frame, &unit, problems).await?),
    }
}
