use jianjia_standard::Lang;
use uuid::Uuid;

use super::*;
use crate::core::{policy::any_permit, refusal::Refuse};

fn by() -> Proposer<'static> {
    Proposer {
        account: AccountId(Uuid::from_u128(7)),
        name: "周敏",
        now: Timestamp::UNIX_EPOCH,
    }
}

fn input(name: &str, reason: &str, changes: usize) -> ProposalInput {
    let change = Change {
        title: "model-home".to_owned(),
        clause: "M5d".to_owned(),
        path: "0.at_least".to_owned(),
        value: "88%".to_owned(),
    };
    ProposalInput {
        name: name.to_owned(),
        reason: reason.to_owned(),
        changes: vec![change; changes],
    }
}

fn standard() -> Standard {
    let folder = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../standards/changzhou-2016"
    );
    jianjia_standard::load::folder(std::path::Path::new(folder)).unwrap()
}

fn proposed(input: &ProposalInput) -> Result<Proposal, Refusal> {
    let permit = any_permit(act::ProposeChange);
    let id = ProposalId(Uuid::from_u128(1));
    propose(&permit, (id, "once"), (2016, &standard()), input, by())
}

#[test]
fn a_proposal_has_a_name_a_reason_and_a_change() {
    let kept = proposed(&input(" 满意度 88% ", "让会员更满意", 1)).unwrap();
    assert_eq!((kept.name.as_str(), kept.revision), ("满意度 88%", 1));
    let long = "长".repeat(NAME_LENGTH + 1);
    let keys = |input| match proposed(&input).unwrap_err() {
        Refusal::Fields(fields) => fields
            .iter()
            .map(|(field, refusal)| format!("{field} {}", refusal.key()))
            .collect::<Vec<_>>(),
        told => vec![told.key().to_owned()],
    };
    assert_eq!(
        keys(input("", " ", 1)),
        ["name what-if/no-name", "reason what-if/no-reason"]
    );
    assert_eq!(
        keys(input(&long, "理由", 1)),
        ["name what-if/name-too-long"]
    );
    assert_eq!(
        keys(input("名称", &"长".repeat(REASON_LENGTH + 1), 1)),
        ["reason what-if/reason-too-long"]
    );
    assert_eq!(keys(input("名称", "理由", 0)), ["what-if/nothing-changed"]);
}

#[test]
fn what_was_withdrawn_stays_as_it_is() {
    let permit = any_permit(act::ProposeChange);
    let open = proposed(&input("名称", "理由", 1)).unwrap();
    let other = input("另一个名称", "另一个理由", 2);
    let revised = revise(open.clone(), &permit, &standard(), &other, by()).unwrap();
    assert_eq!(
        (revised.name.as_str(), revised.changes.len()),
        ("另一个名称", 2)
    );
    let withdrawn = withdraw(revised, &permit, by()).unwrap();
    assert_eq!(withdrawn.state, ProposalState::Withdrawn);
    let again = withdraw(withdrawn.clone(), &permit, by()).unwrap_err();
    assert_eq!(again.key(), "what-if/withdrawn");
    let refused = revise(withdrawn, &permit, &standard(), &other, by()).unwrap_err();
    for lang in [Lang::Zh, Lang::En] {
        assert!(refused.sentence(lang).len() > 20);
    }
}
