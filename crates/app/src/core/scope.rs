//! Which act takes which scopes (`jianjia_store::core::scope`). On PostgreSQL acts of different scopes go on at the same time, each statement seeing what was
//! committed before it: so an act takes the scopes of all that it changes, and of what it decides on and others change. What a scope can't
//! be named for without a look is looked up before, by what never changes (whose application it is); the act reads it again.
//!
//! | act | decides on | writes | scopes |
//! | --- | --- | --- | --- |
//! | say facts; log, remove activities; upload, use, remove evidence; people; elections; begin a draft; improvements | the unit's own | the unit's own, its standing | `Unit` |
//! | record a veto | the unit's vetoes | veto, standing | `Unit` |
//! | lift a veto | the unit's vetoes, entries | veto, entries, standing | `Departments`, `Unit` |
//! | send a department its list; answer it, on the web or by a sheet | the applications of the round, what is on the list, entries | lists, answers, entries | `Departments` |
//! | reply to an entry; uphold, lift one | the entry, the unit's vetoes | the same, evidence, veto, standing | `Departments`, `Unit` |
//! | plan a poll | the unit's polls of the year | poll, roll | `Unit` |
//! | open, renew codes, close, give up, agree to a second, annul, make and spoil slips, enter paper, open the box, sign | poll, slips, trays, paper, rating | the same, rating, standing | `Unit`, `Ballots` |
//! | groups of ballots, their pace | gates, slips | slips, trays | `Ballots` |
//! | endorse | the same as below, the office's share of places | application, events | `Application`, `UnitAsItIs`, `CalendarAsItIs`, `List` of the office |
//! | edit, submit, send back, reject, withdraw, find, declare a conflict, note, take and give files | application, findings, calendar, what is known of the unit | application, events, judgement | `Application`, `UnitAsItIs`, `CalendarAsItIs` |
//! | decide | the same, titles held, the last number | the same, honour, standing | `Application`, `Unit`, `CalendarAsItIs`, `Numbers` |
//! | record what a unit showed before it applied | application | posting | `Application`, `UnitAsItIs`, `CalendarAsItIs` |
//! | show candidates in public, take them down early | candidates, what was shown | publication, its lines | `Publications`, `Numbers` of the title |
//! | take down what is over | publications | the same | `Publications` |
//! | object, confirm an objection, assign, note, answer it | the publication, the objection, its number | objection | `Objections`, `Application` of the candidate; where the public does it also `Guesses` |
//! | name, reject candidates | the same of each, what is named of their lists, numbers of papers | the same | `Application` and `Unit` of each, `List` of their federations, `CalendarAsItIs`, `Numbers`, `ImprintsAsTheyAre` |
//! | recommend, undo, take up a reserve | quota, how much of it is used, the applications | applications, events, judgements | `List`, `Application` and `UnitAsItIs` of each, `CalendarAsItIs` |
//! | rank, close a list, give free places back, say what candidates are | quota, the list, answers | ranks, quota, answers | `List`, `CalendarAsItIs` |
//! | give shares of places to townships | quota, how much of them is used | shares | `List` of the federation and of each township, `CalendarAsItIs` |
//! | set quotas, open them for shares, move places that came back or are free | how much is used, shares | quotas, moves of the year | `Lists`, `CalendarAsItIs` |
//! | keep, revise, withdraw a proposal to change the standard | proposal | proposal | `Proposals` |
//! | say number, addressees and day of issue of an official paper | the act that the paper tells of, numbers of other papers and acts | imprint | `Imprints` |
//! | set the days of a round | round | round | `Calendar` |
//! | suspend, resume, revoke, reconfirm a title; withdraw a batch | honours | honours, events, standings | `Unit` of each holder |
//! | make a key that signs certificates, declare one compromised | the keys | the same | `CertificateKeys` |
//! | publish the frame of a spot check, draw by the seed, declare a conflict with a visit | the homes and their data on a snapshot, the year's check | check, frame, visits, inspectors | `SpotCheck` |
//! | note on a visit, settle, conclude it | visit, entries, what is known of the unit | entries, outcome, judgement | `Visit`, `UnitAsItIs` |
//! | state a view, comment on a visit | visit | events, entries | `Visit`, `UnitAsItIs` |
//! | decide on a visit, take that back | visit, outcome, the title held | the same, events, effect, honour, plaque, another visit | `Visit`, `Unit` |
//! | renew titles that are due, withdraw them; record that a plaque came back | honours | renewals, honours, events, standings, plaques | `Unit` of each holder |
//! | record what a unit's subsidy starts from | the unit's record, its bases | base | `Unit` |
//! | reckon the subsidies of a year | titles, findings, bases, sheets of all units, what was reckoned | subsidies | `Units` |
//! | write, edit, hand in, recommend, send back, ask, answer, publish, take down a case | the case | case, texts, events, clauses | `Case` |
//! | add, take out photos of a case | the case, its photos | the same, evidence | `Case`, `Unit` of its union |
//! | open, close a topic; answer on it | the topic | topic, contributions | `Topic` |
//! | say something on a topic, take it back | the topic | contributions, evidence | `Topic`, `Unit` |
//! | call, change, cancel a meeting; book places, cancel bookings, mark who came | the meeting, its places, who waits | meeting, bookings | `Meeting` |
//! | grant money, release it; prepare, approve, withdraw a payment run, enter what the bank says; close a year | grants, runs, bank details, balances, closed years | the same, entries, totals | `Money` |
//! | say where a unit is paid | its bank details | the same | `UnitMoney`, `UnitAsItIs` |
//! | spend, take money back, correct an entry without a grant, hand over | balances of the unit, closed years | entries, totals; evidence | `UnitMoney` of each, of spending also `Unit` |
//! | register a unit | names, codes, the upper unit | unit, version, standing | `Register`, `UnitAsItIs` |
//! | edit a unit | names, codes, kinds below | unit, version, standing | `Register`, `Unit` |
//! | rename, move, merge, close a unit | everything below | paths everywhere | `Db::write_alone` |
//! | check a table | the register, on a snapshot | import | `Imports` |
//! | import a table | import, everything it names | the same, standings | `Register`, `Units`, `Accounts`; of answers also `Departments` |
//! | make an account, give, take roles, lock, unlock, reset a password | accounts, roles | the same, sessions | `Accounts` |
//! | make accounts from the register; print, revoke invitations; join; hand over | accounts, invitations, the chairs in the register | the same, sessions | `Accounts`, with `Register` or `UnitAsItIs` of the unit where the register is read |
//! | the first account | accounts, the register's root | the same | `Accounts`, `Register` |
//! | sign in, change the own password | the account, its password | session, password | `Account` |
//! | come back from the identity provider | attempts, its counter | the same | `Guesses` |
//! | sign in by the provider | the account, whose it is of the provider's | session, link | `Account`, `Guesses` |
//! | ask for a code for a forgotten password | its counters | job | `Jobs`, `Guesses` |
//! | make such a code | the account, its counters | invitation | `Account`, `Guesses` |
//! | turn the second factor on or off, give it, by a code or a passkey | the account's factor, its counter | the same, session | `Account`, `Guesses` |
//! | ask a passkey to sign; add or remove one | the account's factor, its passkeys | the same, what is asked, session | `Account` |
//! | take off somebody's second factor | the account, its roles | factor, sessions | `Accounts` |
//! | end sessions, make or revoke a token of one's own | the account's own | the same | `Account` |
//! | count a wrong guess | its counter | the same | `Guesses` |
//! | move a session's end, sign out | session | session | `Session` |
//! | take, prolong, end, stop, try a job again; sweep what is over | the job | job; sessions, browsers and counts that are over | `Jobs`; its end with its effect: those of the effect |
//! | confirm a long table | the import | job | `Imports` |
//! | have a long table exported, have everything checked | the own jobs | job | `Jobs` |
//! | look through data for contradictions; ask about them, explain, set aside, answer, compare again | the facts of the unions, doubts | doubts, their events, looks of photos, what is usual | `Doubts`; the job also `Jobs` |
//! | put forward for a higher honour, record what came of it | titles held, what bars, who was put forward | the same | `Forwards` |
//! | remind those who were invited and did not come | invitations, who was reminded | messages, who was reminded | `Accounts`, `Messages` |
//! | mark messages as read | the own messages | the same | `Account` |
//! | put the first-time tour away, bring it back | nothing | who put it away | `Account` |
//! | remind those below; send the calendar's reminders, remove old messages | who was told, what is missing | messages | `Messages` |
//! | choose what to be told by mail, say the own addresses | the account, what waits for it | choices, the account, what waits | `Account` |
//! | gather, send, try again what goes out by mail and text message | what waits | the same | `Post` |
//! | receive a letter of the public, answer one | the letter, its number | letter | `Letters` |
//! | seal the trail | unsealed lines, the last seal | seals | `Seals` |
//! | adopt a standard | standards | standards | `Standards` |
//! | draft a new version | what the same person drafted by the same form | version, files, events | `Amendment`, `Account` |
//! | change the files of a new version, give it up, keep its effect | the version | version, files, events, job | `Amendment` |
//! | propose a version, send it back, confirm it, withdraw it | the version, other editions, judgements of its years, the calendar | version, edition, standards, events | `Amendment`, `Standards`, `Calendar` |
//! | let a version hold whose day has come | editions, judgements of its years | edition, events, job | `Standards`, `Calendar` |
//! | judge anew by a version that holds | everything known of units | standings | `Units` |
//! | join a folder of files at the start | instance | instance | `Instance` |
//! | find out whether rows are kept | nothing | a counter | `Readiness` |
//! | make the demo city, restore a backup | that nothing is there | everything | `Db::write_alone` |
//!
//! Standings follow from more than one unit's facts (F1): `standings` takes turns by itself, after the scopes. A role that was taken or an account
//! that was locked meanwhile is noticed in the act's own transaction (`App::permit`).
//!
//! `scope.rs` of an area looks up what its acts' scopes need.

#[cfg(test)]
mod tests {
    use std::{
        fs,
        path::{Path, PathBuf},
    };

    fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                sources(&path, found);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                found.push(path);
            }
        }
    }

    /// A text in a scope's place is a lock that nobody shares.
    #[test]
    fn every_act_names_its_scopes() {
        let crates = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let mut files = Vec::new();
        for name in ["app", "demo", "web", "cli"] {
            sources(&crates.join(name).join("src"), &mut files);
        }
        assert!(files.len() > 100, "the sources were not found");
        let mut wrong = Vec::new();
        for file in files {
            let name = file.display().to_string();
            if ["/testing", "/tests.rs"]
                .iter()
                .any(|part| name.contains(part))
            {
                continue;
            }
            let text = fs::read_to_string(&file).unwrap();
            // What follows is this crate's own tests.
            let acts = text.split("#[cfg(test)]\nmod tests {").next().unwrap();
            if [".write(\"", ".write_again(\""]
                .iter()
                .any(|call| acts.contains(call))
            {
                wrong.push(name);
            }
        }
        assert_eq!(
            wrong, [""; 0],
            "name a Scope, and the act in the table above"
        );
    }
}
