use jiff::civil::date;

use super::*;
use crate::core::{policy::any_permit, refusal::Refuse};

fn entry(reply: bool) -> Entry {
    Entry {
        id: EntryId(uuid::Uuid::from_u128(3)),
        year: 2016,
        department: "tax".to_owned(),
        unit: UnitId(uuid::Uuid::from_u128(2)),
        unit_path: "/1/2/".to_owned(),
        unit_name: "第一纺织厂工会".to_owned(),
        clause: "V2".to_owned(),
        on: date(2016, 5, 3),
        document: "1号".to_owned(),
        note: String::new(),
        made_by_name: "赵".to_owned(),
        made_at: Timestamp::UNIX_EPOCH,
        reply_by: date(2016, 11, 8),
        reply: reply.then(|| Reply {
            text: "已补缴".to_owned(),
            by_name: "钱".to_owned(),
            at: Timestamp::UNIX_EPOCH,
        }),
        decision: None,
        lifting: None,
    }
}

#[test]
fn a_unit_is_heard_before_an_entry_is_upheld_and_it_may_be_lifted_at_once() {
    let told = |reply, outcome, today| match may_decide(&entry(reply), outcome, today) {
        Ok(()) => "yes",
        Err(refusal) => refusal.key(),
    };
    let (within, after) = (date(2016, 11, 8), date(2016, 11, 9));
    assert_eq!(told(false, Outcome::Upheld, within), "entry/not-heard");
    assert_eq!(told(false, Outcome::Upheld, after), "yes");
    assert_eq!(told(true, Outcome::Upheld, within), "yes");
    assert_eq!(told(false, Outcome::Lifted, within), "yes");
    assert!(entry(false).is_overdue(after) && !entry(false).is_overdue(within));
    assert!(!entry(true).is_overdue(after));
}

#[test]
fn a_unit_replies_once_and_within_the_period() {
    let permit = any_permit(act::ReplyToEntry);
    let told = |entry: &Entry, typed: &str, today| match reply(
        entry,
        &permit,
        typed,
        "钱",
        (today, Timestamp::UNIX_EPOCH),
    ) {
        Ok(reply) => reply.text,
        Err(Refusal::Fields(fields)) => fields[0].1.key().to_owned(),
        Err(refusal) => refusal.key().to_owned(),
    };
    let within = date(2016, 11, 8);
    assert_eq!(told(&entry(false), " 已补缴 ", within), "已补缴");
    assert_eq!(told(&entry(false), " ", within), "entry/no-reply");
    assert_eq!(told(&entry(true), "再说", within), "entry/replied-already");
    assert_eq!(
        told(&entry(false), "晚了", date(2016, 11, 9)),
        "entry/term-over"
    );
}
