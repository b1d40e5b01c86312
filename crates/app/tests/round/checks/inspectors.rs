//! Stories of inspectors who can't go any more.

use super::*;

#[tokio::test]
async fn who_reviews_nowhere_any_more_is_left_out_of_the_draw_on_both_engines() {
    for checked in cities(false).await {
        let app = &checked.city.app;
        checked.publish().await;
        let gone = checked.inspectors[0].0.account;
        checked.ends(&gone).await;
        let left_out = async || -> Vec<AccountId> {
            let shown = checks::show(app, &checked.leader, 2016).await.unwrap();
            let inspectors = shown.inspectors.into_iter();
            inspectors
                .filter(|one| one.state == InspectorState::LeftOut)
                .map(|one| one.account)
                .collect()
        };
        // Told before the draw, and kept with it.
        assert_eq!(left_out().await, [gone]);
        checked.draw().await;
        assert_eq!(left_out().await, [gone]);
        let sample = checks::sample(app, &checked.leader, 2016).await.unwrap();
        let mut drawn = sample.lines.iter().flat_map(|line| &line.inspectors);
        assert!(drawn.all(|inspector| inspector.account != gone));
        // The frame is what it was.
        assert!(checks::repeat(app, 2016).await.unwrap().unwrap().is_same);
    }
}

#[tokio::test]
async fn the_city_releases_an_inspector_and_another_is_drawn_crosswise_on_both_engines() {
    for checked in cities(false).await {
        let app = &checked.city.app;
        checked.publish().await;
        checked.draw().await;
        let sample = checks::sample(app, &checked.leader, 2016).await.unwrap();
        let line = &sample.lines[0];
        let (id, account) = (&line.visit.id, line.inspectors[0].account);
        let known = |account: AccountId| {
            let mut of = checked.inspectors.iter();
            of.find(|(actor, _)| actor.account == account).unwrap()
        };
        let (released, _) = known(account);
        // Who lost the roles by which they inspect does nothing on the visit any more.
        checked.ends(&account).await;
        let input = RemarkInput {
            id: format!("{:032x}", 1),
            kind: "clause".to_owned(),
            clause: "Q1".to_owned(),
            seen: "holds".to_owned(),
            ..RemarkInput::default()
        };
        let noted = remarks::note(app, released, id, &input, Vec::new()).await;
        assert_eq!(key(noted), "spot-check/inspects-no-more");
        let received = inspection::received(app, released, id).await;
        assert_eq!(key(received), "not-found");
        let printed = inspection::to_print(app, released, id).await.map(|_| ());
        assert_eq!(key(printed), "not-found");
        let photo = remarks::photo(app, released, id, "none").await;
        assert_eq!(key(photo.map(|_| ())), "not-found");
        let remaining = known(line.inspectors[1].account);
        let printed = inspection::to_print(app, &remaining.0, id).await;
        assert_eq!(printed.unwrap().visit, line.visit);
        let release = async |who: &Actor, account: AccountId, reason: &str| {
            visits::release(app, who, id, Some(account), reason).await
        };
        let foreign = release(&checked.chairs[0], account, "岗位变动").await;
        assert_eq!(key(foreign), "not-found");
        let bare = release(&checked.leader, account, " ").await;
        assert_eq!(key(bare), "spot-check/no-release-reason");
        let nobody = visits::release(app, &checked.leader, id, None, "岗位变动").await;
        assert_eq!(key(nobody), "spot-check/none-released");
        let successor = release(&checked.leader, account, "岗位变动").await.unwrap();
        // Sent twice, it is done once.
        let again = release(&checked.leader, account, "岗位变动").await.unwrap();
        assert_eq!(again, successor);
        let other = release(&checked.leader, account, "又一个理由").await;
        assert_eq!(key(other), "spot-check/released-already");
        let (actor, from) = known(successor.account);
        assert!(!line.visit.unit_path.starts_with(&from.path));
        let after = checks::sample(app, &checked.leader, 2016).await.unwrap();
        let now = &after.lines[0].inspectors;
        assert_eq!(now.len(), 3);
        let left = now.iter().find(|one| one.account == account);
        let left = left.unwrap().left.as_ref().unwrap();
        assert_eq!(
            (left.by, left.reason.as_str()),
            (LeavingBy::Release, "岗位变动")
        );
        assert!(
            checked
                .told(actor)
                .await
                .contains(&"inspector-drawn".to_owned())
        );
        let mine = visits::mine(app, actor, None).await.unwrap().visits;
        assert!(mine.contains(&line.visit));
        assert_eq!(verification::verify(app).await.unwrap().faults, [""; 0]);
    }
}
