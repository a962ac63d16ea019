package example.wayside.legacy;

import java.util.ArrayDeque;
import java.util.Deque;

/** Holds the newest scans and drops the oldest when it is full. */
public class ScanBuffer {

    private final int capacity;
    private final Deque<String> scans = new ArrayDeque<>();

    public ScanBuffer(int capacity) {
        if (capacity < 1) {
            throw new IllegalArgumentException("capacity must be positive");
        }
        this.capacity = capacity;
    }

    public int push(String scan) {
        if (scans.size() == capacity) {
            scans.removeFirst();
        }
        scans.addLast(scan);
        return scans.size();
    }

    public String oldest() {
        if (scans.isEmpty()) {
            throw new IllegalStateException("buffer is empty");
        }
        return scans.peekFirst();
    }

    public String newest() {
        if (scans.isEmpty()) {
            throw new IllegalStateException("buffer is empty");
        }
        return scans.peekLast();
    }

    public boolean contains(String scan) {
        return scans.contains(scan);
    }

    public boolean isFull() {
        return scans.size() == capacity;
    }

    public int drain() {
        int count = scans.size();
        scans.clear();
        return count;
    }
}
