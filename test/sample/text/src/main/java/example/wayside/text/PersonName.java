package example.wayside.text;

/** A recipient's name with at least a first and a last part. */
public final class PersonName {

    private final String[] parts;

    public PersonName(String fullName) {
        this.parts = fullName.trim().split(" +");
        if (parts.length < 2) {
            throw new IllegalArgumentException("name needs two parts");
        }
    }

    public String first() {
        return parts[0];
    }

    public String last() {
        return parts[parts.length - 1];
    }

    public String initials() {
        StringBuilder letters = new StringBuilder();
        for (String part : parts) {
            letters.append(part.charAt(0));
        }
        return letters.toString();
    }

    public String lastFirst() {
        return last() + ", " + first();
    }

    public String abbreviated() {
        return first().charAt(0) + ". " + last();
    }

    public boolean hasMiddleName() {
        return parts.length > 2;
    }

    public boolean isRelatedTo(PersonName other) {
        return last().equalsIgnoreCase(other.last());
    }
}
