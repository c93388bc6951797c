"""Who waits takes turns; nothing waits for ever and nothing is lost."""

import threading

from server.turns import Turns


def take_all(turns, number):
    return [turns.get() for _ in range(number)]


def test_first_come_first_served_where_everybody_has_one():
    turns = Turns()
    for name in "abc":
        turns.put(name, name)
    assert take_all(turns, 3) == ["a", "b", "c"]


def test_the_second_of_one_waits_for_the_first_of_all_others():
    turns = Turns()
    for number in range(3):
        turns.put("greedy", f"greedy-{number}")
    for name in "ab":
        turns.put(name, name)
    turns.put("a", "a-1")
    assert take_all(turns, 6) == ["greedy-0", "a", "b", "greedy-1", "a-1", "greedy-2"]


def test_who_has_many_is_not_overtaken_for_ever():
    turns = Turns()
    for number in range(3):
        turns.put("greedy", f"greedy-{number}")
    taken = []
    for number in range(20):  # somebody new comes each time that one is taken
        turns.put(f"new-{number}", f"new-{number}")
        taken.append(turns.get())
    assert {"greedy-0", "greedy-1", "greedy-2"} < set(taken)


def test_who_came_before_and_comes_again_is_not_put_last():
    turns = Turns()
    for _ in range(100):
        turns.put("a", "a")
        assert turns.get() == "a"
    turns.put("a", "a again")
    turns.put("b", "b")
    assert take_all(turns, 2) == ["a again", "b"]


def test_nothing_is_lost_between_threads():
    turns, taken = Turns(), []

    def take():
        while (thing := turns.get()) is not None:
            taken.append(thing)

    takers = [threading.Thread(target=take) for _ in range(3)]
    for taker in takers:
        taker.start()
    for number in range(2000):
        turns.put(str(number % 7), number)
    for _ in takers:
        turns.put("the end", None)
    for taker in takers:
        taker.join(10)
    assert not any(taker.is_alive() for taker in takers)
    left = []
    while len(taken) + len(left) < 2000:
        left.append(turns.get())
    assert sorted(taken + left) == list(range(2000))
