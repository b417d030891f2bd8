"""The handler as the platform calls it: what goes in, what comes out, and where everything ends."""

from conftest import World, event, record


def test_a_changed_object_is_refreshed(world: World) -> None:
    summary = world.invoke(event(record("a.jpg")))
    assert world.cdn.accepted == {("File", "https://www.example.com/a.jpg")}
    assert summary == {
        "changes": 1,
        "ignored": {},
        "urls": 1,
        "refreshed": 1,
        "deferred": 0,
        "dead_lettered": 0,
        "unreadable": 0,
        "requests": 1,
        "task_ids": list(world.refreshes[0].task_ids),
    }
