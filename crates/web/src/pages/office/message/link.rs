//! Where a message leads: the page on which what it tells of is dealt with.

use jianjia_domain::core::message::{About, Kind};

use crate::{
    pages::{
        insight::address as insight, money::address as money, office::address,
        round::address as rounds, sharing::address as sharing, year::address as years,
    },
    session::NOTICES,
};

/// The page for what a message, or a line of a reminder, is about.
pub(super) fn of(kind: Kind, about: &About) -> String {
    let id = &about.id;
    let unit = about.unit;
    let of_unit = |page: &dyn Fn(&jianjia_domain::core::ids::UnitId) -> String| {
        unit.map_or_else(|| address::MESSAGES.to_owned(), |unit| page(&unit))
    };
    match kind {
        Kind::Arrived
        | Kind::FileGiven
        | Kind::FilesPassed
        | Kind::DueToReview
        | Kind::SharesGiven
        | Kind::SharesTakenBack => "/reviews".to_owned(),
        Kind::SentBack | Kind::ConflictDeclared => format!("/applications/{id}/review"),
        Kind::Returned
        | Kind::Endorsed
        | Kind::Recommended
        | Kind::RecommendationUndone
        | Kind::NotRecommended
        | Kind::InReserve
        | Kind::PassedOver
        | Kind::Named
        | Kind::Rejected
        | Kind::Withdrawn => format!("/applications/{id}"),
        Kind::Published | Kind::PublicationEnded => format!("/publications/{id}"),
        Kind::ObjectionArrived | Kind::ObjectionAssigned | Kind::ObjectionNoted => {
            format!("{}/{id}", rounds::OBJECTIONS)
        }
        Kind::QuotaSet | Kind::PlacesMoved | Kind::PlacesTaken | Kind::DueToRecommend => {
            let title = id.split('/').nth(1).unwrap_or_default();
            of_unit(&|unit| rounds::recommendations_of(about.year, title, unit))
        }
        Kind::HonourSuspended
        | Kind::HonourResumed
        | Kind::HonourRevoked
        | Kind::HonourWithdrawn
        | Kind::HonourReconfirmed => format!("/honours/{id}"),
        Kind::Vetoed | Kind::VetoLifted => format!("/vetoes/{id}"),
        Kind::VisitAnnounced => format!("/checks/{}", about.year),
        Kind::InspectorDrawn | Kind::InspectorReleased => "/inspections".to_owned(),
        Kind::VisitDone
        | Kind::VisitHearing
        | Kind::VisitRed
        | Kind::VisitStated
        | Kind::VisitDecided
        | Kind::VisitRecheck
        | Kind::VisitReady => format!("/visits/{id}"),
        Kind::PlaqueAsked => format!("/honours/{id}"),
        Kind::MoneyGranted | Kind::MoneyPaid | Kind::PaymentBounced | Kind::SpentOver => {
            of_unit(&|unit| money::statement_of(unit, about.year))
        }
        Kind::RunPrepared => format!("/payments/{id}"),
        // Each of its lines leads on.
        Kind::HonoursTaken => address::MESSAGES.to_owned(),
        Kind::PlaquesAsked => "/plaques".to_owned(),
        Kind::DoubtAsked | Kind::DoubtAnswered => format!("{}/{id}", insight::XRAY),
        Kind::DoubtsAsked => of_unit(&insight::asked),
        Kind::ListSent | Kind::DueToAnswer => rounds::own_department(about.year),
        Kind::DepartmentSilent => rounds::departments(about.year),
        Kind::EntryMade | Kind::EntryReplied | Kind::EntryUpheld | Kind::EntryLifted => {
            format!("/entries/{id}")
        }
        Kind::PollReady
        | Kind::PollOpened
        | Kind::PollClosed
        | Kind::PollCounted
        | Kind::DueToEndPoll => format!("/polls/{id}"),
        Kind::PollSigned
        | Kind::PollAnnulled
        | Kind::ConsentAsked
        | Kind::ConsentGiven
        | Kind::DueToRate => of_unit(&|unit| years::rating(unit, about.year)),
        Kind::CaseArrived
        | Kind::CaseRecommended
        | Kind::CaseReturned
        | Kind::CaseLeft
        | Kind::CaseAsked
        | Kind::CaseAnswered
        | Kind::CasePublished
        | Kind::CaseTakenDown => format!("{}/{id}", sharing::CASES),
        Kind::ContributionAnswered | Kind::TopicClosed => format!("{}/{id}", sharing::TOPICS),
        Kind::BookingMovedUp
        | Kind::MeetingChanged
        | Kind::MeetingCancelled
        | Kind::MeetingNear
        | Kind::MeetingHosted => format!("{}/{id}", sharing::MEETINGS),
        Kind::Account => NOTICES.to_owned(),
        Kind::InvitationLate => "/join".to_owned(),
        Kind::InvitationsLate => of_unit(&|unit| format!("/invitations?under={unit}&show=late")),
        Kind::LetterArrived => format!("{}/{id}", address::LETTERS),
        Kind::AmendmentProposed
        | Kind::AmendmentSentBack
        | Kind::EditionConfirmed
        | Kind::EditionWithdrawn
        | Kind::EditionBegun
        | Kind::EditionOvertaken => format!("/amendments/{id}"),
        Kind::Reminder => "/desk".to_owned(),
        Kind::RemindedFromAbove => of_unit(&|unit| years::home(unit, None)),
        Kind::DueToBegin => of_unit(&|unit| years::sheet(unit, about.year, None)),
        Kind::DueToSubmit => of_unit(&|unit| rounds::applications(unit)),
    }
}
