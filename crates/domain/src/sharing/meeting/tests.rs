use jiff::civil::date;
use uuid::Uuid;

use super::*;
use crate::core::policy::any_permit;

const TODAY: Date = date(2016, 10, 20);

fn form() -> MeetingForm {
    MeetingForm {
        kind: "on-site".to_owned(),
        title: "班组小家现场会".to_owned(),
        agenda: "看两个班组小家，听一次班前会。".to_owned(),
        place: "恒丰纺织三楼会议室".to_owned(),
        held_on: "2016-11-08".to_owned(),
        begins: "14：00".to_owned(),
        book_until: "2016-11-04".to_owned(),
        places: "40".to_owned(),
        each: "2".to_owned(),
        ..MeetingForm::default()
    }
}

fn planned(form: &MeetingForm, taken: i64) -> Result<Plan, Vec<(String, &'static str)>> {
    let permit = any_permit(act::HoldMeeting);
    plan(form, &permit, taken, (2, TODAY)).map_err(|refusal| match refusal {
        Refusal::Fields(fields) => fields
            .iter()
            .map(|(field, refusal)| (field.clone(), refusal.key()))
            .collect(),
        refusal => vec![(String::new(), refusal.key())],
    })
}

fn meeting() -> Meeting {
    Meeting {
        id: MeetingId(Uuid::from_u128(1)),
        unit: UnitId(Uuid::from_u128(2)),
        unit_path: "/1/".to_owned(),
        unit_name: "市总工会".to_owned(),
        host: UnitId(Uuid::from_u128(3)),
        host_name: "恒丰纺织工会".to_owned(),
        kind: MeetingKind::OnSite,
        plan: planned(&form(), 0).unwrap(),
        taken: 0,
        called_by_name: "李审批".to_owned(),
        called_at: Timestamp::UNIX_EPOCH,
        cancellation: None,
        revision: 1,
    }
}

fn booking(name: &str, state: BookingState) -> Booking {
    Booking {
        id: BookingId(Uuid::from_u128(4)),
        meeting: meeting().id,
        unit: UnitId(Uuid::from_u128(5)),
        unit_path: "/1/5/".to_owned(),
        unit_name: "某厂工会".to_owned(),
        name: name.to_owned(),
        number: 1,
        state,
        by_name: "王主席".to_owned(),
        at: Timestamp::UNIX_EPOCH,
        changed_at: Timestamp::UNIX_EPOCH,
    }
}

fn key<T: std::fmt::Debug>(answer: Result<T, impl Into<Refusal>>) -> &'static str {
    match answer.unwrap_err().into() {
        Refusal::Fields(fields) => fields[0].1.key(),
        refusal => refusal.key(),
    }
}

#[test]
fn a_plan_says_where_when_and_for_how_many() {
    let plan = planned(&form(), 0).unwrap();
    assert_eq!(
        (
            plan.begins.as_str(),
            plan.places,
            plan.each,
            plan.remind_days
        ),
        ("14:00", 40, 2, 2)
    );
    let empty = planned(&MeetingForm::default(), 0).unwrap_err();
    let keys: Vec<&str> = empty.iter().map(|(_, key)| *key).collect();
    assert_eq!(
        keys,
        [
            "meeting/no-title",
            "meeting/no-place",
            "meeting/no-agenda",
            "meeting/no-day",
            "meeting/no-day",
            "meeting/no-hour",
            "meeting/no-number"
        ]
    );
    let change = |change: &dyn Fn(&mut MeetingForm)| {
        let mut form = form();
        change(&mut form);
        planned(&form, 12)
    };
    for (answer, field, key) in [
        (
            change(&|form| form.held_on = "2016-10-19".to_owned()),
            "held_on",
            "meeting/past",
        ),
        (
            change(&|form| form.book_until = "2016-11-09".to_owned()),
            "book_until",
            "meeting/until-after",
        ),
        (
            change(&|form| form.begins = "25:00".to_owned()),
            "begins",
            "meeting/no-hour",
        ),
        (
            change(&|form| form.places = "11".to_owned()),
            "places",
            "meeting/fewer-than-taken",
        ),
    ] {
        let first = answer.unwrap_err().into_iter().next();
        assert_eq!(first, Some((field.to_owned(), key)));
    }
    assert!(change(&|form| form.places = "12".to_owned()).is_ok());
}

#[test]
fn a_union_books_each_of_its_people_once_and_in_time() {
    let permit = any_permit(act::BookMeeting);
    let own = [booking("陈静", BookingState::Booked)];
    let book = |own: &[Booking], name: &str, day| book(&meeting(), &permit, own, name, day);
    assert_eq!(book(&own, " 李娜 ", TODAY), Ok("李娜".to_owned()));
    assert_eq!(key(book(&own, "陈静", TODAY)), "meeting/twice");
    assert_eq!(key(book(&[], "", TODAY)), "meeting/no-name");
    assert_eq!(key(book(&[], "13812345678", TODAY)), "meeting/not-a-name");
    let two = [
        booking("陈静", BookingState::Booked),
        booking("李娜", BookingState::Waiting),
    ];
    assert_eq!(key(book(&two, "王强", TODAY)), "meeting/enough-of-one");
    assert!(book(&[], "王强", date(2016, 11, 4)).is_ok());
    assert_eq!(
        key(book(&[], "王强", date(2016, 11, 5))),
        "meeting/too-late"
    );
}

#[test]
fn a_booking_is_cancelled_before_the_day_and_who_came_is_marked_from_it_on() {
    let permit = any_permit(act::BookMeeting);
    let meeting = meeting();
    let (before, held) = (date(2016, 11, 7), meeting.plan.held_on);
    for (state, expect) in [(BookingState::Booked, true), (BookingState::Waiting, false)] {
        let booking = booking("陈静", state);
        assert_eq!(
            cancel_booking(&meeting, &permit, &booking, before),
            Ok(expect)
        );
        let late = cancel_booking(&meeting, &permit, &booking, held);
        assert_eq!(key(late), "meeting/began");
    }
    let gone = booking("陈静", BookingState::Cancelled);
    let again = cancel_booking(&meeting, &permit, &gone, before);
    assert_eq!(key(again), "meeting/not-booked");
    assert_eq!(key(may_mark(&meeting, before)), "meeting/not-yet");
    assert_eq!(may_mark(&meeting, held), Ok(()));
    let permit = any_permit(act::HoldMeeting);
    assert_eq!(
        key(cancel(&meeting, &permit, "", before)),
        "meeting/no-reason"
    );
    assert_eq!(
        cancel(&meeting, &permit, "下雨", before),
        Ok("下雨".to_owned())
    );
    let late = cancel(&meeting, &permit, "下雨", date(2016, 11, 9));
    assert_eq!(key(late), "meeting/held");
}
