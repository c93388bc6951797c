from concurrent.futures import ThreadPoolExecutor

from server.memo import Memo


def test_what_was_not_asked_for_longest_is_forgotten_first():
    memo = Memo(2)
    memo.keep("a", 1)
    memo.keep("b", 2)
    assert memo.find("a") == 1
    memo.keep("c", 3)
    assert [memo.find(key) for key in "abc"] == [1, None, 3]
    assert len(memo) == 2


def test_many_threads_never_make_it_larger_or_mix_values():
    memo = Memo(50)

    def work(seed):
        for n in range(2000):
            key = (seed * n) % 200
            found = memo.find(key)
            assert found is None or found == key * 2
            memo.keep(key, key * 2)
            assert len(memo) <= 51

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(work, range(1, 9)))
    assert len(memo) == 50
