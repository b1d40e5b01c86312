use crate::core::{policy::any_permit, refusal::Refuse};
use uuid::Uuid;

use super::*;
use crate::core::place::{UnitKind, UnitPlace};

fn place(number: u128, kind: UnitKind) -> UnitPlace {
    UnitPlace {
        id: UnitId(Uuid::from_u128(number)),
        kind,
        name: format!("单位{number}"),
        path: format!("/{number}/"),
    }
}

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

fn judgement() -> JudgementId {
    JudgementId(Uuid::from_u128(77))
}

fn draft() -> Application {
    Application {
        id: ApplicationId(Uuid::from_u128(1)),
        year: 2016,
        title: "trusted-home".to_owned(),
        unit: ApplicantUnit {
            id: UnitId(Uuid::from_u128(9)),
            path: "/1/2/9/".to_owned(),
            name: "某公司工会".to_owned(),
            sort_key: String::new(),
        },
        person: None,
        story: String::new(),
        state: State::Draft,
        route: Vec::new(),
        rank: None,
        recommended_by: None,
        judgement: None,
        since_at: at(0),
        submitted_at: None,
        created_by: AccountId(Uuid::from_u128(5)),
        created_at: at(0),
        revision: 1,
    }
}

fn route() -> Vec<Step> {
    let step = |act, number, kind| Step {
        act,
        unit: place(number, kind),
        quota: act == RouteAct::Recommend,
    };
    vec![
        step(RouteAct::Endorse, 3, UnitKind::Township),
        step(RouteAct::Recommend, 2, UnitKind::District),
        step(RouteAct::Name, 1, UnitKind::City),
    ]
}

fn submitted() -> Application {
    submit(
        draft(),
        &any_permit(act::SubmitApplication),
        route(),
        judgement(),
        at(1),
    )
    .unwrap()
}

#[test]
fn a_trusted_title_goes_from_the_township_through_the_district_to_the_city() {
    let application = submitted();
    assert_eq!(application.state, State::UnderReview { step: 0 });
    assert_eq!(application.holder().0, place(3, UnitKind::Township).id);
    let application = endorse(application, &any_permit(act::EndorseApplication), at(2)).unwrap();
    let application =
        recommend(application, &any_permit(act::RecommendApplication), at(3)).unwrap();
    assert_eq!(
        application.recommended_by,
        Some(place(2, UnitKind::District).id)
    );
    let application = name(application, &any_permit(act::NameApplications), None, at(4)).unwrap();
    assert_eq!(application.state, State::Named { step: 2, at: at(4) });
    assert_eq!(application.revision, 5);
    assert_eq!(application.judgement, Some(judgement()));
}

#[test]
fn a_returned_application_comes_back_to_the_step_that_returned_it() {
    let at_district = endorse(submitted(), &any_permit(act::EndorseApplication), at(2)).unwrap();
    let returned = send_back(
        at_district,
        &any_permit(act::ReturnApplication),
        ReturnTo::Applicant,
        at(3),
    )
    .unwrap();
    assert_eq!(returned.state, State::Returned { step: 1 });
    assert_eq!(returned.holder().0, draft().unit.id);
    let again = submit(
        returned,
        &any_permit(act::SubmitApplication),
        Vec::new(),
        judgement(),
        at(4),
    )
    .unwrap();
    assert_eq!(again.state, State::UnderReview { step: 1 });
    assert_eq!(again.route, route());
    assert_eq!((again.submitted_at, again.since_at), (Some(at(1)), at(4)));
}

#[test]
fn a_return_behind_the_recommendation_frees_its_place() {
    let at_city = recommend(
        endorse(submitted(), &any_permit(act::EndorseApplication), at(2)).unwrap(),
        &any_permit(act::RecommendApplication),
        at(3),
    )
    .unwrap();
    let back = send_back(
        at_city.clone(),
        &any_permit(act::ReturnApplication),
        ReturnTo::Step(1),
        at(4),
    )
    .unwrap();
    assert_eq!(
        (back.state, back.recommended_by),
        (State::UnderReview { step: 1 }, None)
    );
    let with_applicant = send_back(
        at_city.clone(),
        &any_permit(act::ReturnApplication),
        ReturnTo::Applicant,
        at(4),
    )
    .unwrap();
    assert_eq!(with_applicant.recommended_by, at_city.recommended_by);
    assert_eq!(
        send_back(
            at_city,
            &any_permit(act::ReturnApplication),
            ReturnTo::Step(2),
            at(4)
        ),
        Err(ApplicationRefusal::NotAnEarlierStep)
    );
}

#[test]
fn a_recommendation_can_be_undone_by_the_unit_that_gave_it_only() {
    let at_city = recommend(
        endorse(submitted(), &any_permit(act::EndorseApplication), at(2)).unwrap(),
        &any_permit(act::RecommendApplication),
        at(3),
    )
    .unwrap();
    let other = place(8, UnitKind::District).id;
    assert!(
        undo_recommendation(
            at_city.clone(),
            &any_permit(act::RecommendApplication),
            &other,
            at(4)
        )
        .is_err()
    );
    let undone = undo_recommendation(
        at_city,
        &any_permit(act::RecommendApplication),
        &place(2, UnitKind::District).id,
        at(4),
    )
    .unwrap();
    assert_eq!(
        (undone.state, undone.recommended_by),
        (State::UnderReview { step: 1 }, None)
    );
}

#[test]
fn no_step_is_skipped_and_what_has_ended_stays_ended() {
    let key = |result: Result<Application, ApplicationRefusal>| result.unwrap_err().key();
    assert_eq!(
        key(recommend(
            submitted(),
            &any_permit(act::RecommendApplication),
            at(2)
        )),
        "application/wrong-step"
    );
    assert_eq!(
        key(name(
            submitted(),
            &any_permit(act::NameApplications),
            None,
            at(2)
        )),
        "application/wrong-step"
    );
    assert_eq!(
        key(endorse(
            draft(),
            &any_permit(act::EndorseApplication),
            at(2)
        )),
        "application/wrong-state"
    );
    let rejected = reject(
        submitted(),
        &any_permit(act::RejectApplication),
        None,
        at(2),
    )
    .unwrap();
    for again in [
        submit(
            rejected.clone(),
            &any_permit(act::SubmitApplication),
            route(),
            judgement(),
            at(3),
        ),
        withdraw(
            rejected.clone(),
            &any_permit(act::WithdrawApplication),
            at(3),
        ),
        endorse(
            rejected.clone(),
            &any_permit(act::EndorseApplication),
            at(3),
        ),
        send_back(
            rejected.clone(),
            &any_permit(act::ReturnApplication),
            ReturnTo::Applicant,
            at(3),
        ),
        reject(rejected, &any_permit(act::RejectApplication), None, at(3)),
    ] {
        assert_eq!(
            again,
            Err(ApplicationRefusal::WrongState { state: "rejected" })
        );
    }
}
