//! Casting a vote: what a form says, what its voter is answered.

use std::{borrow::Cow, sync::Arc};

use anyhow::anyhow;
use axum::{
    Extension,
    extract::State,
    http::{HeaderValue, StatusCode, header},
    response::IntoResponse,
};
use jianjia_app::{
    core::{app::App, error::Error},
    rating::ballot::{self as ballots, VoteInput},
};
use jianjia_domain::{
    core::ids::PollId,
    rating::poll::{ballot::MOST_OBJECTS, refusal::PollRefusal},
};

use super::{
    paper::{PaperPage, chosen},
    slip, told,
};
use crate::{
    form::{NamelessForm, UnreadForm},
    frame::Frame,
    measures::Measures,
    page::{PageResult, unprocessable},
    pages::rating::address,
    visit::Visiting,
    voting::NotKept,
};

/// Answers a vote that the short way, `voting`, did not keep, and casts one that was too long for it.
pub(super) async fn cast(
    State(app): State<App>,
    Visiting(visit): Visiting,
    Extension(measures): Extension<Arc<Measures>>,
    not_kept: Option<Extension<NotKept>>,
    form: UnreadForm,
) -> PageResult {
    let done = match not_kept {
        None => ballots::cast(&app, vote(&form, &visit.network)).await,
        Some(Extension(NotKept(error))) => Err(match &*error {
            Error::Refused(refusal) => Error::Refused(refusal.clone()),
            Error::NotFound => Error::NotFound,
            Error::Internal(error) => Error::Internal(anyhow!("{error:#}")),
        }),
    };
    match done {
        Ok(()) => {
            measures.ballots_kept.count();
            let thanks = [(header::LOCATION, thanks_of(&form))];
            Ok((StatusCode::SEE_OTHER, thanks).into_response())
        }
        Err(error) => {
            if matches!(error, Error::Refused(_)) {
                measures.ballots_refused.count();
            }
            let frame = Frame::of(&app, &visit);
            refuse(&app, frame, &form.read()?, error).await
        }
    }
}

/// The vote of a form. What was chosen is taken before it is known what the paper asks; no paper asks for more than `MOST_OBJECTS`.
pub(crate) fn vote<'a>(form: &'a UnreadForm, network: &'a str) -> VoteInput<'a> {
    let mut vote = VoteInput {
        chosen: vec![Cow::default(); MOST_OBJECTS],
        network: network.into(),
        ..VoteInput::default()
    };
    for (name, value) in form.fields() {
        match &*name {
            "poll" => vote.poll = value,
            "code" => vote.code = value,
            "suggestion" => vote.suggestion = value,
            "kiosk" => vote.at_kiosk = !value.is_empty(),
            name => {
                let object = name.strip_prefix("object");
                let object = object.and_then(|object| object.parse::<usize>().ok());
                if let Some(chosen) = object.and_then(|object| vote.chosen.get_mut(object)) {
                    *chosen = value;
                }
            }
        }
    }
    vote
}

/// The address of the thanks, on the voter's phone or at the tablet.
pub(crate) fn thanks_of(form: &UnreadForm) -> HeaderValue {
    let tablet = || {
        let kiosk = field(form, "kiosk");
        let poll = kiosk.parse::<PollId>().ok()?;
        HeaderValue::try_from(address::tablet_thanks(&poll)).ok()
    };
    tablet().unwrap_or(HeaderValue::from_static("/v/thanks"))
}

/// The form without what was chosen.
pub(crate) fn of_its_slip(form: &UnreadForm) -> UnreadForm {
    form.only(&["kiosk", "poll", "code"])
}

fn field<'a>(form: &'a UnreadForm, name: &str) -> Cow<'a, str> {
    let mut fields = form.fields();
    fields
        .find(|(field, _)| field == name)
        .map_or(Cow::default(), |(_, value)| value)
}

/// What a voter sees whose ballot was not kept.
async fn refuse(app: &App, frame: Frame, form: &NamelessForm, error: Error) -> PageResult {
    let kiosk = form.field("kiosk").to_owned();
    if let Error::Refused(refusal) = &error
        && let Some(PollRefusal::Slip(refused)) = refusal.of()
    {
        return unprocessable(&told(frame, kiosk, *refused));
    }
    match error {
        // The paper again, with what is wrong with it.
        Error::Refused(refusal) => match slip(app, &frame, form).await? {
            Ok(paper) => PaperPage {
                chosen: chosen(form, &paper),
                suggestion: form.field("suggestion").to_owned(),
                problem: Some(refusal.sentence(frame.lang)),
                kiosk,
                paper,
                frame,
            }
            .level(StatusCode::UNPROCESSABLE_ENTITY),
            Err(answer) => Ok(answer),
        },
        error => Err(error.into()),
    }
}
